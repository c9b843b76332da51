import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { Liveness } from '#core/jobs/liveness.js';
import { SignOfLife } from '#domains/observability/index.js';
import { Worker } from './worker.entity.js';

const againMs = 1_000;

/** The row and the lock by which others know that a worker lives. One that lost them counts as dead, and registers anew. */
export class Registration {
  /** Who takes jobs: the id of the row that counts now, and a name for people. */
  readonly worker = { id: '', name: `${hostname()}:${process.pid}` };
  #liveness: Liveness | null = null;
  #ending = false;

  /** `lost` is told that the worker counts as dead: its runs are over. */
  constructor(
    readonly system: WriteSystem,
    readonly concurrency: number,
    readonly lost: () => void,
  ) {}

  /** Whether the worker may take jobs. */
  get isAlive(): boolean {
    return this.#liveness !== null;
  }

  /** Registers the worker; rejects when the database does not answer. */
  async begin(): Promise<void> {
    const { database } = this.system;
    const id = newId(declarationOf(Worker).type);
    const [row] = await executeSql<{ number: number }>(database.fork(), sql`select nextval('worker_numbers')::int as number`);
    const { number } = row!;
    // The lock comes before the row: a row without a living lock is a dead worker's.
    const liveness = await Liveness.begin(database.url, number, () => void this.#renew());
    try {
      await executeSql(
        database.fork(),
        sql`insert into workers (id, number, name, concurrency, process_id, started_at)
          values (${id}, ${number}, ${this.worker.name}, ${this.concurrency}, ${this.system.services.get(SignOfLife).id}, clock_timestamp())`,
      );
    } catch (error) {
      await liveness.end();
      throw error;
    }
    this.worker.id = id;
    this.#liveness = liveness;
    if (this.#ending) await liveness.end();
  }

  /** Looks whether others count the worker as dead: its session may have ended while it began, and then nobody tells. */
  async check(): Promise<void> {
    const liveness = this.#liveness;
    if (!liveness) return;
    const [row] = await executeSql<{ stopped: boolean }>(
      this.system.database.fork(),
      sql`select stopped_at is not null as stopped from workers where id = ${this.worker.id}`,
    );
    if (!row?.stopped || this.#liveness !== liveness) return;
    await liveness.end();
    await this.#renew();
  }

  /** Registers no more, as soon as the worker begins to stop. */
  close(): void {
    this.#ending = true;
  }

  /** Signs off: nothing of this worker runs any more. */
  async end(): Promise<void> {
    this.close();
    await executeSql(
      this.system.database.fork(),
      sql`update workers set stopped_at = clock_timestamp() where id = ${this.worker.id}`,
    ).catch((err: unknown) => this.system.log.warn({ err }, 'could not sign off'));
    await this.#liveness?.end();
  }

  async #renew(): Promise<void> {
    if (this.#ending || !this.#liveness) return;
    this.system.log.warn('the worker lost its session; its runs are given to others');
    this.lost();
    this.#liveness = null;
    while (!this.#ending && !this.#liveness) {
      await this.begin().catch((err: unknown) => this.system.log.warn({ err }, 'could not register the worker; tried again later'));
      if (!this.#liveness) await pause(againMs);
    }
  }
}
