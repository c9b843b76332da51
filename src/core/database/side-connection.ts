import { Pool } from 'pg';
import { keepAlive } from './keep-alive.js';
import type { Sql } from './sql.js';

const connectTimeoutMs = 5_000;

/**
 * A connection beside the pool, for short statements that commit at once while the caller is within a transaction: whoever holds a
 * connection of the pool and waits for a second one may wait for ever.
 */
export class SideConnection {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: connectTimeoutMs, ...keepAlive });
    // One that breaks while it is idle is replaced by the next use.
    this.#pool.on('error', () => {});
  }

  /** Runs a statement in a transaction of its own; returns its rows. */
  async rows<Row extends object>({ text, values }: Sql): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, values as unknown[])).rows;
  }

  /** Closes it. */
  close(): Promise<void> {
    return this.#pool.end();
  }
}
