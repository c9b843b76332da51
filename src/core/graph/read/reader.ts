import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { sql, type RawBuilder } from 'kysely';
import type { EntityManager } from '@mikro-orm/postgresql';
import { translateError } from '#core/database/translate-error.js';
import { executeSql } from '#core/database/sql.js';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import type { Actor } from '#core/policy/actor.js';
import type { Policies } from '#core/policy/policy.js';
import { decoder, neededProperties, selectList, type ColumnOf, type Row } from './table-reader.js';

/** Reads plain rows for one operation through somebody's eyes, in one statement per level. */
export class Reader {
  readonly #loaders = new Map<string, DataLoader<string, unknown>>();
  readonly #em: EntityManager;
  /** How many statements it has run. */
  statements = 0;

  constructor(
    fork: () => EntityManager,
    readonly actor: Actor,
    readonly policies: Policies,
  ) {
    this.#em = fork();
  }

  /** Runs a statement outside any transaction. */
  async execute<Result = Record<string, unknown>>(statement: RawBuilder<unknown>): Promise<Result[]> {
    this.statements += 1;
    try {
      return await executeSql<Result>(this.#em, statement);
    } catch (error) {
      throw translateError(error);
    }
  }

  /** The condition for the rows of a type that the actor sees. */
  visible(entity: EntityClass, alias: string): RawBuilder<unknown> {
    return this.policies.condition(entity, this.actor, alias);
  }

  /** Finds the columns of an entity's properties. */
  columnsOf(entity: EntityClass): ColumnOf {
    const declaration = declarationOf(entity);
    return (property) => columnName(declaration, property);
  }

  /** Loads the value for a key together with those that others ask for in the same turn; `key` names what is loaded. */
  batch<Value>(key: string, id: string, load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>): Promise<Value | null> {
    let loader = this.#loaders.get(key);
    if (!loader) {
      loader = new DataLoader<string, unknown>(async (ids) => {
        const found = await load(ids);
        return ids.map((each) => found.get(each) ?? null);
      });
      this.#loaders.set(key, loader);
    }
    return loader.load(id) as Promise<Value | null>;
  }

  /** One visible row by its id, or null. */
  byId(entity: EntityClass, id: string, info: GraphQLResolveInfo): Promise<Row | null> {
    const declaration = declarationOf(entity);
    return this.batch(`${declaration.table}.id`, id, async (ids) => {
      const rows = await this.#select(entity, neededProperties(declaration, info), sql`t.id = any(${ids}::uuid[])`);
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** One visible row by a unique column, or null. */
  async byKey(entity: EntityClass, property: string, value: string, info: GraphQLResolveInfo): Promise<Row | null> {
    const column = this.columnsOf(entity)(property);
    const [row] = await this.#select(entity, neededProperties(declarationOf(entity), info), sql`${sql.ref(`t.${column}`)} = ${value}`);
    return row ?? null;
  }

  /** Forgets what was loaded: after a write, and before the next page of a feed. */
  clear(): void {
    this.#loaders.clear();
  }

  async #select(entity: EntityClass, properties: readonly string[], where: RawBuilder<unknown>): Promise<Row[]> {
    const declaration = declarationOf(entity);
    const rows = await this.execute<Row>(sql`
      select ${selectList(this.columnsOf(entity), 't', properties)} from ${sql.table(declaration.table)} t where ${where} and ${this.visible(entity, 't')}`);
    return rows.map(decoder(declaration, properties));
  }
}
