import { Client } from 'pg';
import { keepAlive } from '#core/database/keep-alive.js';
import { sql, type Sql } from '#core/database/sql.js';
import type { Logger } from '#core/log/logger.js';
import { noticeDeath } from './notice-death.js';

const lockClass = 7_216_004;
const lookMs = 1_000;
const connectMs = 10_000;

/** The time during which a process leads. */
export interface Term {
  /** Aborted when it is over, or when the process cannot know any more. */
  readonly signal: AbortSignal;
  /** SQL that holds as long as the database says so too: what may be done once only, asks this in its own transaction. */
  readonly holds: Sql;
}

/** What there is to lead: one number each, which is that of the lock. */
export const leads = { telemetry: 1 } as const;

/**
 * Makes one of several processes the leader: the one whose database session holds the lock. When it dies the database frees the lock,
 * and another process takes it within about a second.
 */
export class Leadership {
  #isStopped = false;
  #client: Client | null = null;
  #term: { controller: AbortController; led: Promise<void> } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  /** `lead` runs for each term of this process, and returns soon after its signal. */
  constructor(
    readonly url: string,
    readonly what: keyof typeof leads,
    readonly log: Logger,
    readonly lead: (term: Term) => Promise<void>,
  ) {}

  /** Whether this process leads. */
  get isLeader(): boolean {
    return this.#term !== null;
  }

  /** Begins to look whether there is a leader; a database that is away is tried again. */
  start(): void {
    const look = async (): Promise<void> => {
      await this.#look().catch((error: Error) => this.log.debug({ reason: error.message }, `could not look who leads ${this.what}`));
      if (!this.#isStopped) this.#timer = setTimeout(() => (this.#looking = look()), lookMs);
    };
    this.#looking = look();
  }

  /** Ends the term, when this process has it, and lets others lead. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    await this.#end();
    await this.#client?.end().catch(() => {});
  }

  // To wait for the lock within the database would keep it from cleaning up: a waiting statement is an open transaction.
  async #look(): Promise<void> {
    if (this.#isStopped || this.#term) return;
    this.#client ??= await this.#connect();
    const client = this.#client;
    const { rows } = await client.query<{ led: boolean; pid: number }>(
      'select pg_try_advisory_lock($1, $2) as led, pg_backend_pid() as pid',
      [lockClass, leads[this.what]],
    );
    if (!rows[0]!.led || this.#client !== client) return;
    const controller = new AbortController();
    const holds = sql`exists (select 1 from pg_locks where locktype = 'advisory' and classid = ${lockClass} and objid = ${leads[this.what]}
      and granted and pid = ${rows[0]!.pid} and database = (select oid from pg_database where datname = current_database()))`;
    this.log.info(`this process leads ${this.what}`);
    const led = this.lead({ signal: controller.signal, holds }).catch((err: unknown) =>
      this.log.warn({ err }, `could not lead ${this.what} any longer`),
    );
    this.#term = { controller, led };
    // Whoever gives up lets another try.
    void led.then(() => this.#release(controller));
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: `signalbox lead ${this.what} ${process.pid}`,
      ...keepAlive,
      connectionTimeoutMillis: connectMs,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(noticeDeath);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    client.once('end', () => {
      if (this.#client === client) this.#client = null;
      void this.#end();
    });
    return client;
  }

  async #end(): Promise<void> {
    const term = this.#term;
    if (!term) return;
    term.controller.abort();
    await term.led;
    if (this.#term === term) this.#term = null;
  }

  async #release(controller: AbortController): Promise<void> {
    if (controller.signal.aborted) return;
    // For what of the term goes on beside what failed.
    controller.abort();
    this.#term = null;
    await this.#client?.end().catch(() => {});
  }
}
