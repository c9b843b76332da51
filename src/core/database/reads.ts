import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient, QueryArrayConfig, QueryConfig } from 'pg';
import { AppError } from '#core/errors/app-error.js';
import type { Sql } from './sql.js';

/** A row as PostgreSQL sends it: a text for each column, or null. */
export type TextRow = (string | null)[];

const mostPrepared = 200;

interface PreparedStatements {
  names: LRUCache<string, string>;
  stale: string[];
  made: number;
}

// node-postgres keeps the names that it has prepared where nothing else removes them.
type Client = PoolClient & { processID: number; connection: { parsedStatements: Record<string, string> } };

const asText = { getTypeParser: () => (value: string) => value } as never;

/**
 * Runs reading statements on the ORM's pool: prepared per connection, up to a bound, without parsing what comes back, and no longer than
 * allowed.
 */
export class Reads {
  readonly #prepared = new WeakMap<PoolClient, PreparedStatements>();

  constructor(
    readonly pool: () => Promise<Pool>,
    readonly mostMs: number,
  ) {}

  /** The rows of a statement, outside any transaction. */
  async rows(statement: Sql): Promise<TextRow[]> {
    const pool = await this.pool();
    const client = (await pool.connect()) as Client;
    let failure: Error | undefined;
    try {
      return await this.#run(client, statement).catch((error: unknown) => {
        if (!isOutdated(error)) throw error;
        this.#prepared.get(client)!.names.delete(statement.text);
        return this.#run(client, statement);
      });
    } catch (error) {
      // An error of the database says so by its code; anything else may have left the connection in the middle of something.
      if (!(error as { code?: string }).code) failure = error as Error;
      if (!isTimeout(error)) throw error;
      this.#cancel(pool, client);
      throw new AppError('LIMIT_EXCEEDED', `It took longer than ${this.mostMs} ms to read the answer: ask for less`);
    } finally {
      client.release(failure);
    }
  }

  async #run(client: Client, { text, values }: Sql): Promise<TextRow[]> {
    const name = await this.#nameOf(client, text);
    // The driver's types do not know the time-out of one query.
    const query = { name, text, values: values as unknown[], rowMode: 'array' as const, types: asText, query_timeout: this.mostMs };
    const { rows } = await client.query<TextRow>(query as QueryArrayConfig);
    return rows;
  }

  // The server notices that nobody waits any more only when it has something to send.
  #cancel(pool: Pool, { processID }: Client): void {
    pool.query({ text: 'select pg_cancel_backend($1)', values: [processID], query_timeout: this.mostMs } as QueryConfig).catch(() => {});
  }

  async #nameOf(client: Client, text: string): Promise<string> {
    let prepared = this.#prepared.get(client);
    if (!prepared) {
      const stale: string[] = [];
      const names = new LRUCache<string, string>({ max: mostPrepared, dispose: (name) => stale.push(name) });
      this.#prepared.set(client, (prepared = { names, stale, made: 0 }));
    }
    let name = prepared.names.get(text);
    if (name === undefined) {
      name = `read_${(prepared.made += 1)}`;
      prepared.names.set(text, name);
      for (const old of prepared.stale.splice(0)) {
        if (client.connection.parsedStatements[old] === undefined) continue;
        delete client.connection.parsedStatements[old];
        await client.query(`deallocate "${old}"`);
      }
    }
    return name;
  }
}

// "Cached plan must not change result type", in whatever language: a migration has changed a column since the statement was prepared.
const isOutdated = (error: unknown): boolean => (error as { code?: string }).code === '0A000';

// The driver has no other mark for it.
const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';
