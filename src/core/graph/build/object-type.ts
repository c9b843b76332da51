import { Field, ObjectType } from 'type-graphql';
import type { ComputedDeclaration, EntityDeclaration } from '#core/database/declare/declaration.js';
import type { Policies } from '#core/policy/policy.js';
import type { Row } from '../read/row.js';
import { scalarOf } from '../scalars.js';
import { enumType } from './enum-types.js';
import { addField } from './generated-field.js';
import { Node } from './node-type.js';

/** Makes an entity an object type: its columns as fields, its to-one relations through the loader of their target. */
export function buildObjectType(declaration: EntityDeclaration, owner: new () => object, policies: Policies): void {
  const { entity, name, fields } = declaration;
  const prototype = entity.prototype as object;
  ObjectType(name!, { description: declaration.description, implements: Node as never, simpleResolvers: true })(entity as never);
  for (const field of fields.values()) {
    // Rows come with what they point at; a hidden target reads as null, whatever the column says.
    if (field.is === 'toOne') {
      const description = `${field.description}; null when there is none or it may not be seen`;
      Field(() => field.target() as never, { nullable: true, description })(prototype, field.property);
    } else if (field.is === 'computed') buildComputed(declaration, field, owner, policies);
    else if (!field.hidden) {
      const type = field.enum ? enumType(field.enum) : scalarOf[field.kind];
      const isRestricted = policies.restricts(entity, field.property);
      const description = isRestricted ? `${field.description}; null for who may not see it` : field.description;
      Field(() => (field.list ? [type] : type) as never, { nullable: field.nullable || isRestricted, description })(
        prototype,
        field.property,
      );
    }
  }
}

function buildComputed(
  { entity, fields }: EntityDeclaration,
  { property, kind, needs, nullable, description, compute }: ComputedDeclaration,
  owner: new () => object,
  policies: Policies,
): void {
  const isRestricted = needs.some((needed) => policies.restricts(entity, needed));
  const times = needs.filter((needed) => (fields.get(needed) as { kind?: string }).kind === 'time');
  const whole = needs.filter((needed) => !(fields.get(needed) as { nullable: boolean }).nullable);
  addField(owner, {
    name: property,
    type: () => scalarOf[kind],
    nullable: nullable || isRestricted,
    description,
    resolve: (row) => {
      if (isRestricted && whole.some((needed) => row[needed] === null)) return null;
      return compute(times.length > 0 ? withDates(row, times) : row);
    },
  });
}

function withDates(row: Row, times: readonly string[]): Row {
  const copy = { ...row };
  for (const time of times) if (copy[time] !== null) copy[time] = new Date(copy[time] as string);
  return copy;
}
