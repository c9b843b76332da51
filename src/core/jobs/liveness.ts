import { Client } from 'pg';
import { keepAlive } from '#core/database/keep-alive.js';
import { noticeDeath } from './notice-death.js';

const lockClass = 7_216_003;

/** A database session whose lock says that a worker lives: the database frees it when the process or its connection dies. */
export class Liveness {
  readonly #client: Client;
  #closed = false;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Takes the lock of a worker's number; `onLost` is called when the session ends without being closed. */
  static async begin(url: string, number: number, onLost: () => void): Promise<Liveness> {
    const client = new Client({ connectionString: url, application_name: `signalbox worker ${number}`, ...keepAlive });
    const liveness = new Liveness(client);
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(noticeDeath);
      await client.query('select pg_advisory_lock($1, $2)', [lockClass, number]);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    // Only now: a session that never began cannot be lost.
    client.on('end', () => liveness.#closed || onLost());
    return liveness;
  }

  /** Ends the session, which says that the worker is gone. */
  async end(): Promise<void> {
    this.#closed = true;
    await this.#client.end().catch(() => {});
  }
}

/** SQL that holds when the worker whose number the expression gives has no living session. */
export const isDead = (numberSql: string): string =>
  `not exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = ${lockClass} and l.objid = ${numberSql} and l.granted
    and l.database = (select oid from pg_database where datname = current_database()))`;
