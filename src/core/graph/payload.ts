import { Extensions, Field, ObjectType, type ClassType } from 'type-graphql';
import type { EntityClass } from '#core/database/declare/declaration.js';

/** Declares a mutation's payload; it also gets `cursor`, the position of the change in every feed that shows it. */
export const Payload =
  (description: string): ClassDecorator =>
  (target) => {
    const prototype = target.prototype as object;
    Field(() => String, { description: 'Position of this change: valid as `after` in every feed that shows it' })(prototype, 'cursor');
    Extensions({ writtenCursor: true })(prototype, 'cursor');
    ObjectType({ description, simpleResolvers: true })(target as unknown as ClassType);
  };

/** Declares a payload's entity: the use case returns the written entity, and what is selected of it is read after the commit. */
export const Changed =
  (entity: () => EntityClass, description: string) =>
  (prototype: object, property: string): void => {
    Field(entity as never, { nullable: true, description })(prototype, property);
    Extensions({ changed: entity })(prototype, property);
  };
