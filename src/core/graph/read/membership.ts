import type { ListDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { sql, type Sql } from '#core/database/sql.js';
import { column, seesColumn, visible, type Viewer } from './viewer.js';

/** Through what the rows of a list belong to their parents. */
export type Membership = Pick<ListDeclaration, 'of' | 'by' | 'link'>;

/** The same in SQL over the rows' alias: the link table to join, if any, the key that points at the parent, and whether the viewer may know. */
export interface MembershipSql {
  readonly join: Sql;
  readonly key: Sql;
  readonly isSeen: Sql;
}

/** What shows that a row belongs to a parent has to be visible itself; a link that is no type of the graph is as visible as its ends. */
export function membershipSql(viewer: Viewer, { of, by, link }: Membership, alias: string): MembershipSql {
  if (!link) return { join: sql.empty, key: column(of, by, alias), isSeen: seesColumn(viewer, of, by, alias) };
  const { entity, to } = link;
  const { name, table } = declarationOf(entity);
  const own = `${alias}_link`;
  const ends = sql`${seesColumn(viewer, entity, by, own)} and ${seesColumn(viewer, entity, to, own)}`;
  return {
    join: sql`join ${sql.ref(table)} as ${sql.ref(own)} on ${column(entity, to, own)} = ${sql.ref(`${alias}.id`)}`,
    key: column(entity, by, own),
    isSeen: name === undefined ? ends : sql`${visible(viewer, entity, own)} and ${ends}`,
  };
}
