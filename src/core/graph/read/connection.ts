import type { GraphQLResolveInfo } from 'graphql';
import { sql, type RawBuilder } from 'kysely';
import { badInput } from '#core/errors/bad-input.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { selects } from '../selection.js';
import { filterCondition, type FilterInput } from './filter.js';
import type { ListCursor } from './list-cursor.js';
import { isAfter, orderBy, reversed, type OrderStep } from './order.js';
import type { Reader } from './reader.js';
import { decoder, neededProperties, selectList, type Row } from './table-reader.js';

/** The arguments of a connection. */
export interface ConnectionArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: FilterInput | null;
  orderBy?: { field: string; direction: 'ASC' | 'DESC' }[] | null;
}

/** Which rows a list holds: all visible ones, or those that belong to a parent through `join` (which may add a link table). */
export interface ListSource {
  entity: EntityClass;
  /** Distinguishes the list among those of the operation. */
  name: string;
  steps: readonly OrderStep[];
  cursor: (parent: string | null) => ListCursor;
  /** Rows that are not in the list yet, such as those without a position. */
  where?: RawBuilder<unknown>;
  /** SQL for a nested list: the link table to join, if any, and the column that points at the parent. */
  parent?: { link?: RawBuilder<unknown>; key: RawBuilder<unknown> };
}

/** A page of a list, in the shape of Relay's connection; cursors are made when they are read. */
export interface Connection {
  edges: { node: Row; cursor: string }[];
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: () => Promise<number>;
}

const defaultSize = 50;
const mostRows = 500;
const rowFields = new Set(['edges', 'nodes', 'pageInfo']);
const noRows = (): Rows => ({ rows: [], hasMore: false });
interface Rows {
  rows: Row[];
  hasMore: boolean;
}

/** Reads one page of a list, together with the pages that the parent's siblings ask for with the same arguments. */
export async function readConnection(
  reader: Reader,
  source: ListSource,
  parent: string | null,
  args: ConnectionArgs,
  info: GraphQLResolveInfo,
): Promise<Connection> {
  const reading: ListReading = { reader, source, args, info, ...checkSize(args) };
  const key = `${source.name}(${JSON.stringify([args, parent === null ? null : perParent(args, source, parent)])})`;
  const parents = (ids: readonly string[]) => (parent === null ? null : ids);
  const page = selects(info, rowFields) ? await reader.batch(key, parent ?? '', (ids) => load(reading, parents(ids))) : null;
  const { rows, hasMore } = page ?? noRows();
  const cursor = source.cursor(parent);
  return {
    edges: rows.map((node) => ({
      node,
      get cursor() {
        return cursor.encode(node);
      },
    })),
    nodes: rows,
    pageInfo: {
      hasNextPage: reading.isBackward ? args.before != null : hasMore,
      hasPreviousPage: reading.isBackward ? hasMore : args.after != null,
      get startCursor() {
        return rows[0] ? cursor.encode(rows[0]) : null;
      },
      get endCursor() {
        return rows.length > 0 ? cursor.encode(rows.at(-1)!) : null;
      },
    },
    totalCount: async () => {
      const filter = JSON.stringify(args.filter ?? null);
      return (await reader.batch(`${source.name}#(${filter})`, parent ?? '', (ids) => count(reading, parents(ids)))) ?? 0;
    },
  };
}

// A stream's cursor names its parent, so such a page cannot be shared with the parent's siblings.
const perParent = (args: ConnectionArgs, source: ListSource, parent: string): string | null =>
  args.after != null || args.before != null
    ? source
        .cursor(parent)
        .decode((args.after ?? args.before)!, args.after != null ? 'after' : 'before')
        .join()
    : null;

function checkSize({ first, last, after, before }: ConnectionArgs): { size: number; isBackward: boolean } {
  if (first != null && last != null) throw badInput('Give first or last, not both', 'first', 'last');
  if (first != null && before != null) throw badInput('before goes with last', 'before');
  if (last != null && after != null) throw badInput('after goes with first', 'after');
  const isBackward = last != null || before != null;
  const size = first ?? last ?? defaultSize;
  if (size < 0 || size > mostRows)
    throw badInput(`${isBackward ? 'last' : 'first'} must be between 0 and ${mostRows}`, isBackward ? 'last' : 'first');
  return { size, isBackward };
}

// One reading of a list, for all parents that ask for it in the same turn.
interface ListReading {
  reader: Reader;
  source: ListSource;
  args: ConnectionArgs;
  size: number;
  isBackward: boolean;
  info: GraphQLResolveInfo;
}

async function load(
  { reader, source, args, size, isBackward, info }: ListReading,
  parents: readonly string[] | null,
): Promise<Map<string, Rows>> {
  const declaration = declarationOf(source.entity);
  const columnOf = reader.columnsOf(source.entity);
  const properties = neededProperties(
    declaration,
    info,
    source.steps.map(({ property }) => property),
  );
  const steps = isBackward ? reversed(source.steps) : source.steps;
  const [cursor, path] = isBackward ? [args.before, 'before'] : [args.after, 'after'];
  const beyond = cursor == null ? sql`true` : isAfter(steps, source.cursor(parents?.[0] ?? null).decode(cursor, path!), columnOf);
  const select = sql`select ${selectList(columnOf, 't', properties)} from ${sql.table(declaration.table)} t ${source.parent?.link ?? sql``}
    where ${conditions(reader, source, args)} and ${beyond} ${parents ? sql`and ${source.parent!.key} = p.id` : sql``}
    order by ${orderBy(steps, columnOf)} limit ${size + 1}`;
  const rows = await reader.execute<Row & { parent?: string }>(
    parents ? sql`select p.id as parent, t.* from unnest(${parents}::uuid[]) p(id) cross join lateral (${select}) t` : select,
  );
  const decode = decoder(declaration, properties);
  const pages = new Map<string, Rows>((parents ?? ['']).map((id) => [id, noRows()]));
  for (const { parent = '', ...row } of rows) pages.get(parent)!.rows.push(decode(row as Row));
  for (const page of pages.values()) {
    page.hasMore = page.rows.length > size;
    if (page.hasMore) page.rows.pop();
    if (isBackward) page.rows.reverse();
  }
  return pages;
}

async function count({ reader, source, args }: ListReading, parents: readonly string[] | null): Promise<Map<string, number>> {
  const { table } = declarationOf(source.entity);
  const from = sql`from ${sql.table(table)} t ${source.parent?.link ?? sql``} where ${conditions(reader, source, args)}`;
  const rows = await reader.execute<{ parent: string; n: string }>(
    parents
      ? sql`select ${source.parent!.key} as parent, count(*) as n ${from} and ${source.parent!.key} = any(${parents}::uuid[]) group by 1`
      : sql`select '' as parent, count(*) as n ${from}`,
  );
  return new Map(rows.map(({ parent, n }) => [parent, Number(n)]));
}

const conditions = (reader: Reader, source: ListSource, args: ConnectionArgs): RawBuilder<unknown> =>
  sql`${reader.visible(source.entity, 't')} and ${source.where ?? sql`true`} and ${args.filter ? filterCondition(args.filter, reader.columnsOf(source.entity)) : sql`true`}`;
