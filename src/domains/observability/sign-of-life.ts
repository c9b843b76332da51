import { hostname } from 'node:os';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Gauges } from '#core/feed/gauges.js';
import type { WriteSystem } from '#core/feed/write.js';
import { ServerProcess, type ServerRole } from './server-process.entity.js';

const beatMs = 5_000;
const cleaningMs = 3_600_000;

/** What a process is, for as long as it lives. */
export interface OwnProcess {
  readonly role: ServerRole;
  readonly version: string;
}

/** Says every five seconds that this process lives, and what it is doing. */
export class SignOfLife {
  /** Id of the process in the graph. */
  readonly id = newId(declarationOf(ServerProcess).type);
  readonly startedAt = new Date();
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> = Promise.resolve();
  #cleanedAt = 0;

  constructor(
    readonly system: WriteSystem,
    readonly own: OwnProcess,
  ) {}

  /** Gives the first sign; what cannot be written later is written the next time. */
  async start(): Promise<void> {
    await this.#beat();
    const next = (): void => {
      this.#timer = setTimeout(() => {
        this.#beating = this.#beat()
          .catch((error: Error) => this.system.log.warn({ reason: error.message }, 'the sign of life could not be given'))
          .finally(() => this.#timer && next());
      }, beatMs);
    };
    next();
  }

  /** Says that the process stops. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#beating;
    await executeSql(
      this.system.database.fork(),
      sql`update server_processes set last_seen_at = clock_timestamp(), stopped_at = clock_timestamp() where id = ${this.id}`,
    );
  }

  // A row that others have cleaned away, of a machine that was asleep for a day, is there again.
  async #beat(): Promise<void> {
    const { role, version } = this.own;
    const { bell, database } = this.system;
    const now = Object.entries({
      ...this.#gauges(),
      bell_transport: bell.transport.name,
      is_bell_connected: bell.transport.isConnected,
      memory_bytes: process.memoryUsage.rss(),
    });
    const columns = sql.join(now.map(([column]) => sql.ref(column)));
    await executeSql(
      database.fork(),
      sql`
      insert into server_processes (id, name, role, version, started_at, last_seen_at, ${columns})
      values (${this.id}, ${`${hostname()}:${process.pid}`}, ${role}, ${version}, ${this.startedAt}, clock_timestamp(), ${sql.join(now.map(([, value]) => value))})
      on conflict (id) do update set last_seen_at = excluded.last_seen_at,
        ${sql.join(now.map(([column]) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))}`,
    );
    await this.#clean();
  }

  #gauges(): Record<string, number | null> {
    const gauges = this.system.services.get(Gauges);
    const whole = (name: string): number | null => {
      const value = gauges.read(name);
      return value === null ? null : Math.round(value);
    };
    return {
      sockets: whole('sockets'),
      subscribers: whole('subscribers'),
      buffered_bytes: whole('bufferedBytes'),
      page_rate: gauges.read('pageRate'),
      lag_ms: gauges.read('lagMs'),
      running_jobs: whole('runningJobs'),
      concurrency: whole('concurrency'),
    };
  }

  async #clean(): Promise<void> {
    if (Date.now() < this.#cleanedAt + cleaningMs) return;
    this.#cleanedAt = Date.now();
    await executeSql(
      this.system.database.fork(),
      sql`delete from server_processes where last_seen_at < clock_timestamp() - interval '1 day'`,
    );
  }
}
