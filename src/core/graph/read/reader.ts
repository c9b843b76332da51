import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import type { Database } from '#core/database/open-database.js';
import type { TextRow } from '#core/database/reads.js';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { translateError } from '#core/database/translate-error.js';
import type { Actor } from '#core/policy/actor.js';
import type { Policies } from '#core/policy/policy.js';
import type { Row } from './row.js';
import { rowReader, type RowReader } from './row-reader.js';
import { column, seesColumn, seesValues, visible } from './viewer.js';

/** Counts what an operation asks of the database. */
export interface Work {
  statements: number;
}

/** Loads the values for some ids; an id that is left out has null. */
type Load<Value> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

// Of a list PostgreSQL makes a plan for each execution, because one for any list looks dearer; of one value it makes a plan once.
const isAmong = (key: Sql, ids: readonly string[]): Sql =>
  ids.length === 1 ? sql`${key} = ${ids[0]}::uuid` : sql`${key} = any(${ids}::uuid[])`;

/** Reads plain rows for one operation through somebody's eyes, in one statement per level. */
export class Reader {
  // Made when they are needed: a feed has a reader for each of its followers.
  #loaders: Map<string, DataLoader<string, unknown>> | null = null;
  #made: Map<string, unknown> | null = null;

  constructor(
    readonly database: Pick<Database, 'fork' | 'reads'>,
    readonly actor: Actor,
    readonly policies: Policies,
    readonly work: Work = { statements: 0 },
  ) {}

  /** Runs a statement outside any transaction; values are parsed as the ORM's driver does. */
  execute<Result = Record<string, unknown>>(statement: Sql): Promise<Result[]> {
    this.work.statements += 1;
    return executeSql<Result>(this.database.fork(), statement).catch((error: unknown) => {
      throw translateError(error);
    });
  }

  /** Runs a statement outside any transaction; values stay texts. */
  rows(statement: Sql): Promise<TextRow[]> {
    this.work.statements += 1;
    return this.database.reads.rows(statement).catch((error: unknown) => {
      throw translateError(error);
    });
  }

  /** What was made under this key for this operation, made when it is first asked for. */
  once<Made>(key: string, make: () => Made): Made {
    let made = this.#made?.get(key) as Made | undefined;
    if (made === undefined) (this.#made ??= new Map()).set(key, (made = make()));
    return made;
  }

  /** Notes the value for an id, so that `batch` has it already. */
  prime<Value>(key: string, id: string, value: Value, load: Load<Value>): void {
    this.#loader(key, load).prime(id, value);
  }

  /** Loads the value for an id together with those that others ask for in the same turn; `key` names what is loaded. */
  batch<Value>(key: string, id: string, load: Load<Value>): Promise<Value | null> {
    return this.#loader(key, load).load(id) as Promise<Value | null>;
  }

  /** One visible row by its id, or null. */
  byId(entity: EntityClass, id: string, info: GraphQLResolveInfo): Promise<Row | null> {
    return this.byReference(entity, 'id', id, info);
  }

  /** One visible row by a unique property that holds an id, or null. */
  byReference(entity: EntityClass, property: string, id: string, info: GraphQLResolveInfo): Promise<Row | null> {
    const declaration = declarationOf(entity);
    const rows = rowReader(declaration, info);
    return this.batch(`${declaration.table}.${property} ${rows.key}`, id, async (ids) => {
      const key = column(entity, property, 't');
      const isSeen = seesColumn(this, entity, property, 't');
      const found = await this.#find(declaration, rows, key, sql`${isAmong(key, ids)} and ${isSeen}`);
      return new Map(found.map((values) => [values[0]!, rows.row(values)]));
    });
  }

  /** One visible row by a natural key, or null. */
  async byKey(entity: EntityClass, key: Readonly<Record<string, string>>, info: GraphQLResolveInfo): Promise<Row | null> {
    const declaration = declarationOf(entity);
    const rows = rowReader(declaration, info);
    const conditions = Object.entries(key).map(([property, value]) => sql`${column(entity, property, 't')} = ${value}`);
    const isSeen = seesValues(this, entity, Object.keys(key), 't');
    const [values] = await this.#find(declaration, rows, sql`1`, sql`${sql.join(conditions, ' and ')} and ${isSeen}`);
    return values ? rows.row(values) : null;
  }

  /** Forgets what was loaded: after a write, and before the next page of a feed. */
  clear(): void {
    this.#loaders = null;
    this.#made = null;
  }

  #loader<Value>(key: string, load: Load<Value>): DataLoader<string, unknown> {
    const loaders = (this.#loaders ??= new Map());
    let loader = loaders.get(key);
    if (!loader) {
      loader = new DataLoader<string, unknown>(async (ids) => {
        const found = await load(ids);
        return ids.map((each) => found.get(each) ?? null);
      });
      loaders.set(key, loader);
    }
    return loader;
  }

  #find({ entity, table }: EntityDeclaration, rows: RowReader, lead: Sql, where: Sql): Promise<TextRow[]> {
    const page = sql`(select ${lead} as "@lead", ${rows.selectList(this)} from ${sql.ref(table)} as t
      where ${where} and ${visible(this, entity, 't')}) as page`;
    return this.rows(rows.statement(this, sql`page."@lead"`, page));
  }
}
