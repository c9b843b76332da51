import type { GraphQLResolveInfo } from 'graphql';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { TextRow } from '#core/database/reads.js';
import { sql, type Sql } from '#core/database/sql.js';
import type { Reference } from './lookahead.js';
import { tableReader, type Row, type TableReader } from './table-reader.js';
import { visible, type Viewer } from './viewer.js';

/** The key under which a row holds the row that its to-one relation points at, null when that is hidden; no field has such a name. */
export const joinedKey = (property: string): string => `@${property}`;

/** Further columns of a statement over rows called `page`, and where they come from. */
export interface JoinedReferences {
  readonly columns: Sql;
  readonly joins: Sql;
  /** Puts the referenced rows, whose columns begin at `from`, into the row. */
  into(row: Row, values: TextRow, from: number): void;
}

interface Joined {
  key: string;
  reader: TableReader;
  from: number;
  below: Joined[];
}

/**
 * Reads what rows point at in the statement that reads them: at that size a statement of its own costs more than the looking up. Lateral
 * and with an offset, so that the join keeps the order of the rows.
 */
export function joinReferences(viewer: Viewer, references: readonly Reference[], info: GraphQLResolveInfo): JoinedReferences {
  const columns: Sql[] = [];
  const joins: Sql[] = [];
  let width = 0;

  function join({ property, target, of, below }: Reference, parent: string): Joined {
    const declaration = declarationOf(target);
    const alias = `r${joins.length}`;
    const reader = tableReader(declaration, info);
    const from = width;
    width += reader.width;
    const key = sql.ref(`${parent}.${columnName(declarationOf(of), property)}`);
    joins.push(sql`left join lateral (select ${reader.selectList(viewer)} from ${sql.ref(declaration.table)} as t
      where t.id = ${key} and ${visible(viewer, target, 't')} offset 0) as ${sql.ref(alias)} on true`);
    columns.push(sql`, ${sql.ref(alias)}.*`);
    return { key: joinedKey(property), reader, from, below: below.map((each) => join(each, alias)) };
  }

  const joined = references.map((each) => join(each, 'page'));
  return { columns: sql.join(columns, ''), joins: sql.join(joins, ' '), into: (row, values, from) => put(joined, row, values, from) };
}

function put(joined: readonly Joined[], row: Row, values: TextRow, from: number): void {
  for (const { key, reader, from: own, below } of joined) {
    const isThere = values[from + own] !== null;
    const target = isThere ? reader.row(values, from + own) : null;
    row[key] = target;
    if (target) put(below, target, values, from);
  }
}
