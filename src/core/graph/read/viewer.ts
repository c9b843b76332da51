import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { sql, type Sql } from '#core/database/sql.js';
import type { Actor } from '#core/policy/actor.js';
import { conditionOf, type Policies, type Predicate } from '#core/policy/policy.js';

/** Whose eyes a statement reads through. */
export interface Viewer {
  readonly actor: Actor;
  readonly policies: Policies;
}

/** The condition for the rows of a type that the viewer sees. */
export const visible = ({ actor, policies }: Viewer, entity: EntityClass, alias: string): Sql =>
  conditionOf(policies.visible(entity, actor, alias));

/** Whether the viewer sees the property of every row that they see at all: only then may they filter and order by it. */
export function seesAll({ actor, policies }: Viewer, entity: EntityClass, property: string): boolean {
  const field = declarationOf(entity).fields.get(property);
  const read = field?.is === 'computed' ? field.needs : [property];
  return read.every((each) => policies.visibleColumn(entity, each, actor, 't') === true);
}

/** The condition for the rows of which the viewer sees the property, among those that they see. */
export const seesColumn = ({ actor, policies }: Viewer, entity: EntityClass, property: string, alias: string): Sql =>
  conditionOf(policies.visibleColumn(entity, property, actor, alias));

/** The column of a property. */
export const column = (entity: EntityClass, property: string, alias: string): Sql =>
  sql.ref(`${alias}.${columnName(declarationOf(entity), property)}`);

/** The key of a to-one relation as the viewer sees it: null when its target is hidden. */
export function visibleKey(viewer: Viewer, entity: EntityClass, { property, target }: ToOneDeclaration, alias: string): Sql {
  const key = column(entity, property, alias);
  const inner = `${alias}_k`;
  const seen: Predicate = viewer.policies.visible(target(), viewer.actor, inner);
  if (seen === true) return key;
  const { table } = declarationOf(target());
  return sql`(select ${sql.ref(`${inner}.id`)} from ${sql.ref(table)} as ${sql.ref(inner)} where ${sql.ref(`${inner}.id`)} = ${key} and ${conditionOf(seen)})`;
}

/** The condition that the viewer sees what these properties of a row hold, and of a relation also its target. */
export function seesValues(viewer: Viewer, entity: EntityClass, properties: readonly string[], alias: string): Sql {
  const conditions = properties.flatMap((property) => {
    const field = declarationOf(entity).fields.get(property);
    const own = seesColumn(viewer, entity, property, alias);
    return [own, ...(field?.is === 'toOne' ? [sql`${visibleKey(viewer, entity, field, alias)} is not null`] : [])];
  });
  return sql.join(conditions, ' and ');
}
