import type { GraphQLResolveInfo } from 'graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import { sql, type Sql } from '#core/database/sql.js';
import { Problems } from '#core/errors/problems.js';
import { defaultPageSize } from '../execute/cost.js';
import { selects } from '../selection.js';
import { filterCondition, type FilterInput } from './filter.js';
import type { ListCursor } from './list-cursor.js';
import { isAfter, orderBy, reversed, type OrderStep } from './order.js';
import { joinReferences } from './joined-references.js';
import { referencesOfRows } from './lookahead.js';
import type { Reader } from './reader.js';
import { tableReader, type Row } from './table-reader.js';
import { seesAll, visible } from './viewer.js';

/** The arguments of a connection. */
export interface ConnectionArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: FilterInput | null;
  orderBy?: { field: string; direction: 'ASC' | 'DESC'; nulls?: 'FIRST' | 'LAST' | null }[] | null;
}

/** Which rows a list holds: all visible ones, or those that belong to a parent. */
export interface ListSource {
  readonly entity: EntityClass;
  /** Distinguishes the list among those of the operation. */
  readonly name: string;
  /** The order that was asked for, or the list's own. */
  readonly steps: readonly OrderStep[];
  readonly cursor: (parent: string | null) => ListCursor;
  /** Rows that are not in the list yet, such as those without a position. */
  readonly where?: Sql;
  /** SQL for a nested list: the link table to join, if any, and the column that points at the parent. */
  readonly parent?: { readonly link?: Sql; readonly key: Sql };
}

/** A page of a list, in the shape of Relay's connection; cursors are made when they are read. */
export interface Connection {
  edges: { node: Row; cursor: string }[];
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  count: () => Promise<number>;
}

const mostRows = 500;
const rowFields = new Set(['edges', 'nodes', 'pageInfo']);
const pageInfo = new Set(['pageInfo']);
interface Rows {
  rows: Row[];
  hasMore: boolean;
}
const noRows = (): Rows => ({ rows: [], hasMore: false });

/** Reads one page of a list, together with the pages that the parent's siblings ask for with the same arguments. */
export function readConnection(
  reader: Reader,
  source: ListSource,
  parent: string | null,
  args: ConnectionArgs,
  info: GraphQLResolveInfo,
): Connection | Promise<Connection> {
  // A stream's cursor names its parent, so such a page cannot be shared with the parent's siblings.
  const ofParent = parent !== null && (args.after != null || args.before != null) ? parent : null;
  const withInfo = selects(info, pageInfo);
  const key = `${source.name} ${ofParent ?? ''} ${withInfo} ${JSON.stringify(args)}`;
  const list = reader.once(key, () => new ListReading({ reader, source, args, info, withInfo }, ofParent ?? parent));
  const count = (): Promise<number> => list.count(parent);
  if (!selects(info, rowFields)) return connection(list, source.cursor(parent), noRows(), count);
  return list.page(key, parent).then((rows) => connection(list, source.cursor(parent), rows, count));
}

function connection(list: ListReading, cursor: ListCursor, { rows, hasMore }: Rows, count: () => Promise<number>): Connection {
  const {
    isBackward,
    asked: { args },
  } = list;
  return {
    nodes: rows,
    get edges() {
      return rows.map((node) => ({
        node,
        get cursor() {
          return cursor.encode(node);
        },
      }));
    },
    pageInfo: {
      hasNextPage: isBackward ? args.before != null : hasMore,
      hasPreviousPage: isBackward ? hasMore : args.after != null,
      get startCursor() {
        return rows[0] ? cursor.encode(rows[0]) : null;
      },
      get endCursor() {
        return rows.length > 0 ? cursor.encode(rows.at(-1)!) : null;
      },
    },
    count,
  };
}

interface Asked {
  reader: Reader;
  source: ListSource;
  args: ConnectionArgs;
  info: GraphQLResolveInfo;
  /** Whether it matters what comes behind the page. */
  withInfo: boolean;
}

/** One reading of a list, for all parents that ask for it in the same turn. */
class ListReading {
  readonly isBackward: boolean;
  readonly #declaration: EntityDeclaration;
  readonly #size: number;
  readonly #conditions: Sql;
  readonly #bounds: Sql;

  constructor(
    readonly asked: Asked,
    parent: string | null,
  ) {
    const { reader, source, args } = asked;
    const problems = new Problems();
    this.#declaration = declarationOf(source.entity);
    this.isBackward = args.last != null || (args.first == null && args.before != null && args.after == null);
    this.#size = sizeOf(args, problems);
    const filter = args.filter ? sql`and ${filterCondition(reader, this.#declaration, args.filter, problems)}` : sql.empty;
    this.#conditions = sql`${visible(reader, source.entity, 't')} ${source.where ? sql`and ${source.where}` : sql.empty} ${filter}`;
    checkOrder(reader, this.#declaration, source.steps, problems);
    this.#bounds = this.#boundsOf(source.cursor(parent), problems);
    problems.throwIfAny();
  }

  /** The rows of a parent's page. */
  async page(key: string, parent: string | null): Promise<Rows> {
    return (await this.asked.reader.batch(key, parent ?? '', (ids) => this.#load(parent === null ? null : ids)))!;
  }

  /** The size of a parent's whole list. */
  async count(parent: string | null): Promise<number> {
    const { source, args } = this.asked;
    const key = `${source.name} # ${JSON.stringify(args.filter ?? null)}`;
    return (await this.asked.reader.batch(key, parent ?? '', (ids) => this.#count(parent === null ? null : ids))) ?? 0;
  }

  #boundsOf(cursor: ListCursor, problems: Problems): Sql {
    const { after, before } = this.asked.args;
    const { steps } = this.asked.source;
    const bound = (given: string, path: string, order: readonly OrderStep[]): Sql => {
      const values = cursor.decode(given, path, problems);
      return values ? sql`and ${isAfter(this.#declaration, order, values)}` : sql.empty;
    };
    return sql`${after == null ? sql.empty : bound(after, 'after', steps)} ${before == null ? sql.empty : bound(before, 'before', reversed(steps))}`;
  }

  async #load(parents: readonly string[] | null): Promise<Map<string, Rows>> {
    const { reader, source, info, withInfo } = this.asked;
    const steps = this.isBackward ? reversed(source.steps) : source.steps;
    const order = source.steps.map(({ property }) => property);
    const table = tableReader(this.#declaration, info, order);
    // Whether there is more is known from one row more than was asked for.
    const limit = sql.raw(String(this.#size + (withInfo ? 1 : 0)));
    const select = sql`select ${table.selectList(reader)} from ${sql.ref(this.#declaration.table)} as t ${source.parent?.link ?? sql.empty}
      where ${parents ? sql`${source.parent!.key} = p.id and` : sql.empty} ${this.#conditions} ${this.#bounds}
      order by ${orderBy(this.#declaration, steps)} limit ${limit}`;
    const references = joinReferences(reader, referencesOfRows(this.#declaration, info), info);
    const rows = await reader.rows(
      parents
        ? sql`select p.id, page.*${references.columns} from unnest(${parents}::uuid[]) p(id) cross join lateral (${select}) page ${references.joins}`
        : sql`select null, page.*${references.columns} from (${select}) page ${references.joins}`,
    );
    const pages = new Map<string, Rows>((parents ?? ['']).map((id) => [id, noRows()]));
    for (const text of rows) {
      const row = table.row(text, 1);
      references.into(row, text, 1 + table.width);
      pages.get(text[0] ?? '')!.rows.push(row);
    }
    for (const page of pages.values()) {
      page.hasMore = page.rows.length > this.#size;
      if (page.hasMore) page.rows.pop();
      if (this.isBackward) page.rows.reverse();
    }
    return pages;
  }

  async #count(parents: readonly string[] | null): Promise<Map<string, number>> {
    const { reader, source } = this.asked;
    const { parent } = source;
    const from = sql`from ${sql.ref(this.#declaration.table)} as t ${parent?.link ?? sql.empty} where ${this.#conditions}`;
    const rows = await reader.rows(
      parents
        ? sql`select ${parent!.key}, count(*) ${from} and ${parent!.key} = any(${parents}::uuid[]) group by 1`
        : sql`select '', count(*) ${from}`,
    );
    return new Map(rows.map(([id, n]) => [id!, Number(n)]));
  }
}

function sizeOf({ first, last }: ConnectionArgs, problems: Problems): number {
  if (first != null && last != null) problems.add('Give first or last, not both', 'first', 'last');
  for (const [path, size] of [
    ['first', first],
    ['last', last],
  ] as const)
    if (size != null && (size < 0 || size > mostRows)) problems.add(`${path} must be between 0 and ${mostRows}`, path);
  return first ?? last ?? defaultPageSize;
}

function checkOrder(reader: Reader, { entity }: EntityDeclaration, steps: readonly OrderStep[], problems: Problems): void {
  steps.forEach(({ property }, i) => {
    const path = `orderBy.${i}.field`;
    if (!seesAll(reader, entity, property))
      problems.add(`${path}: you may not see ${property} of everybody, so you may not order by it`, path);
  });
}
