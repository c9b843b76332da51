import { Field, ObjectType } from 'type-graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import { scalarOf } from '../scalars.js';
import { enumType } from './enum-types.js';
import { addField } from './generated-field.js';
import { Node } from './node-type.js';

/** Makes an entity an object type: its columns as fields, its to-one relations through the loader of their target. */
export function buildObjectType(declaration: EntityDeclaration, owner: new () => object): void {
  const prototype = declaration.entity.prototype as object;
  ObjectType(declaration.name!, { description: declaration.description, implements: Node as never, simpleResolvers: true })(
    declaration.entity as never,
  );
  for (const field of declaration.fields.values()) {
    const { nullable, description, property } = field;
    if (field.is === 'column') {
      const type = field.enum ? enumType(field.enum) : scalarOf[field.kind];
      if (!field.hidden) Field(() => type as never, { nullable, description })(prototype, property);
    } else if (field.is === 'computed') {
      addField(owner, { name: property, type: () => scalarOf[field.kind], nullable, description, resolve: (row) => field.compute(row) });
    } else {
      const target = field.target();
      // A hidden target reads as null, whatever the column says.
      addField(owner, {
        name: property,
        type: () => target,
        nullable: true,
        description: `${description}; null when there is none or it may not be seen`,
        resolve: (row, _args, { reader }, info) =>
          isUuid(String(row[property])) ? reader.byId(target, row[property] as string, info) : null,
      });
      declarationOf(target);
    }
  }
}
