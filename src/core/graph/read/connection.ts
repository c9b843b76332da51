import type { GraphQLResolveInfo } from 'graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { sql, type Sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import { defaultPageSize } from '../execute/cost.js';
import { selects } from '../selection.js';
import { filterCondition } from './filter.js';
import type { ListCursor } from './list-cursor.js';
import type { ConnectionArgs, ListSource } from './list-source.js';
import { membershipSql, type MembershipSql } from './membership.js';
import { nestedListOf } from './nested-list.js';
import { isAfter, orderBy, reversed, type OrderStep } from './order.js';
import type { Reader } from './reader.js';
import type { Row } from './row.js';
import { rowReader, type RowReader } from './row-reader.js';
import { seesAll, visible } from './viewer.js';

const mostRows = 500;
const rowFields = new Set(['edges', 'nodes', 'pageInfo']);
const pageInfo = new Set(['pageInfo']);
/** Reads one page of a list, together with the pages that the parent's siblings ask for with the same arguments. */
export function readConnection(
  reader: Reader,
  source: ListSource,
  parent: string | null,
  args: ConnectionArgs,
  info: GraphQLResolveInfo,
): Connection | Promise<Connection> {
  const list = listReading(reader, source, parent, args, info);
  return selects(info, rowFields) ? list.page(parent) : new Connection(list, parent, [], false);
}

function listReading(
  reader: Reader,
  source: ListSource,
  parent: string | null,
  args: ConnectionArgs,
  info: GraphQLResolveInfo,
): ListReading {
  // A page behind such a cursor cannot be shared with the parent's siblings.
  const ofParent = parent !== null && source.isStream && (args.after != null || args.before != null) ? parent : '';
  const withInfo = selects(info, pageInfo);
  const rows = rowReader(declarationOf(source.entity), info, source.columns);
  const { first, after, last, before, filter, orderBy: order } = args;
  const key = `${source.name} ${ofParent} ${withInfo} ${rows.key} ${JSON.stringify([first, after, last, before, filter, order])}`;
  return reader.once(key, () => new ListReading({ reader, source, args, rows, withInfo, key, info }, parent));
}

/** A page of a list, in the shape of Relay's connection; cursors are made when they are read. */
export class Connection {
  constructor(
    readonly list: ListReading,
    readonly parent: string | null,
    readonly nodes: Row[],
    readonly hasMore: boolean,
  ) {}

  get edges(): { node: Row; cursor: string }[] {
    const { cursor } = this;
    return this.nodes.map((node) => ({
      node,
      get cursor() {
        return cursor.encode(node);
      },
    }));
  }

  get pageInfo(): { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null } {
    const { nodes, cursor, hasMore } = this;
    const {
      isBackward,
      asked: { args },
    } = this.list;
    const at = (node: Row | undefined): string | null => (node ? cursor.encode(node) : null);
    return {
      hasNextPage: isBackward ? args.before != null : hasMore,
      hasPreviousPage: isBackward ? hasMore : args.after != null,
      get startCursor() {
        return at(nodes[0]);
      },
      get endCursor() {
        return at(nodes.at(-1));
      },
    };
  }

  /** The size of the whole list. */
  count(): Promise<number> {
    return this.list.count(this.parent);
  }

  private get cursor(): ListCursor {
    return this.list.asked.source.cursor(this.parent);
  }
}

interface Asked {
  reader: Reader;
  source: ListSource;
  args: ConnectionArgs;
  rows: RowReader;
  /** Whether it matters what comes behind the page. */
  withInfo: boolean;
  key: string;
  info: GraphQLResolveInfo;
}

/** One reading of a list, for all parents that ask for it in the same turn. */
class ListReading {
  readonly isBackward: boolean;
  readonly #declaration: EntityDeclaration;
  readonly #size: number;
  readonly #membership: MembershipSql | null;
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
    this.#membership = source.membership ? membershipSql(reader, source.membership, 't') : null;
    this.#conditions = sql`${visible(reader, source.entity, 't')} ${source.where ? sql`and ${source.where}` : sql.empty}
      ${this.#membership ? sql`and ${this.#membership.isSeen}` : sql.empty} ${filter}`;
    checkOrder(reader, this.#declaration, source.steps, problems);
    this.#bounds = this.#boundsOf(source.cursor(parent), problems);
    problems.throwIfAny();
  }

  /** A parent's page. */
  page(parent: string | null): Promise<Connection> {
    const { reader, key } = this.asked;
    return reader.batch(key, parent ?? '', (ids) => this.#load(parent === null ? null : ids)) as Promise<Connection>;
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

  async #load(parents: readonly string[] | null): Promise<Map<string, Connection>> {
    const { reader, rows } = this.asked;
    const page = this.#page(parents ? sql`p.id` : null);
    const from = parents ? sql`unnest(${parents}::uuid[]) with ordinality p(id, n) cross join lateral ${page}` : page;
    const lead = parents ? sql`p.n` : sql`1`;
    const nested = this.#nested();
    const statement = nested ? rows.statementWith(reader, lead, from, nested.#below()) : rows.statement(reader, lead, from);
    const pages = (parents ?? ['']).map((): Row[] => []);
    const below = new Map<string, Row[]>();
    let row: Row | null = null;
    for (const values of await reader.rows(statement)) {
      const n = nested ? values[1 + rows.width] : undefined;
      if (row === null || n === undefined || n === null || n === '1') {
        row = rows.row(values);
        pages[Number(values[0]) - 1]!.push(row);
        if (nested) below.set(row.id, []);
      }
      if (n != null) below.get(row.id)!.push(nested!.asked.rows.row(values, 2 + rows.width));
    }
    for (const [id, found] of below) nested!.#prime(id, found);
    return new Map(pages.map((found, i) => [parents?.[i] ?? '', this.#connection(parents?.[i] ?? null, found)]));
  }

  /** The rows of a page as a table named `page`; `parent` is the column that they belong to. */
  #page(parent: Sql | null): Sql {
    const { reader, source, rows, withInfo } = this.asked;
    const steps = this.isBackward ? reversed(source.steps) : source.steps;
    // Whether there is more is known from one row more than was asked for.
    const limit = sql.raw(String(this.#size + (withInfo ? 1 : 0)));
    return sql`(select ${rows.selectList(reader)} ${this.#from}
      where ${parent ? sql`${this.#membership!.key} = ${parent} and` : sql.empty} ${this.#conditions} ${this.#bounds}
      order by ${orderBy(this.#declaration, steps)} limit ${limit}) as page`;
  }

  /** The statement of this list's rows below the rows of another. */
  #below(): Sql {
    const { reader, rows } = this.asked;
    return rows.statement(reader, sql`row_number() over () as "@n"`, this.#page(sql`page.id`));
  }

  #prime(parent: string, rows: Row[]): void {
    const { reader, key } = this.asked;
    reader.prime(key, parent, this.#connection(parent, rows), (ids) => this.#load(ids));
  }

  /** The list that is read in the statement of this one's rows, if there is one. */
  #nested(): ListReading | null {
    const { reader, info } = this.asked;
    const nested = nestedListOf(this.#declaration, info);
    if (!nested || !selects(nested.info, rowFields)) return null;
    try {
      return listReading(reader, nested.source, '', nested.args, nested.info);
    } catch (error) {
      // What is wrong with it, it says at its own place.
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  #connection(parent: string | null, rows: Row[]): Connection {
    const hasMore = rows.length > this.#size;
    if (hasMore) rows.pop();
    if (this.isBackward) rows.reverse();
    return new Connection(this, parent, rows, hasMore);
  }

  async #count(parents: readonly string[] | null): Promise<Map<string, number>> {
    const counted = sql`count(*) ${this.#from} where ${this.#conditions}`;
    const { key } = this.#membership ?? {};
    const rows = await this.asked.reader.rows(
      parents ? sql`select ${key}, ${counted} and ${key} = any(${parents}::uuid[]) group by 1` : sql`select '', ${counted}`,
    );
    return new Map(rows.map(([id, n]) => [id!, Number(n)]));
  }

  get #from(): Sql {
    return sql`from ${sql.ref(this.#declaration.table)} as t ${this.#membership?.join ?? sql.empty}`;
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
