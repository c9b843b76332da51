import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { newId } from '#core/database/id.js';
import type { Random } from '../random.ts';
import { ownName, type SqlSession } from '../stage/sql-session.ts';

const width = 3;
const jobType = 20;
const eventType = 21;
const changeType = 1;

const aJob = `insert into jobs (id, created_at, updated_at, name, queue, status, parameters, max_attempts, timeout_ms, requested_by_name)
  values ($1, now(), now(), 'chaos.direct', 'none', 'CANCELLED', '{}', 1, 1, 'chaos')`;
const aChange = `insert into changes (id, action, outcome, actor_username) values ($1, 'chaos.direct.written', 'SUCCESS', 'chaos')`;
const anEvent = `with bumped as (update streams set seq = seq + 1 where name = 'job_events:' || $2 returning seq)
  insert into job_events (id, job_id, seq, attempt, status, message, created_at)
  select $1, $2::uuid, seq, 0, 'CANCELLED', 'written directly', clock_timestamp() from bumped`;

/** Writes events of several jobs in transactions that overlap and commit in the reverse order of their beginning; some roll back. */
export class DirectWriter {
  /** Ids of events whose commit was acknowledged, and of those that must not be there. */
  readonly committed: string[] = [];
  readonly rolledBack: string[] = [];
  readonly #url: string;
  readonly #random: Random;
  readonly #jobs: string[] = [];

  constructor(url: string, random: Random) {
    this.#url = url;
    this.#random = random;
  }

  /** Makes the jobs whose events it writes; nobody runs them. */
  async prepare(sql: SqlSession): Promise<void> {
    for (let i = 0; i < width; i++) {
      const id = newId(jobType);
      await sql.once(aJob, [id]);
      await sql.once('insert into streams (name) values ($1)', [`job_events:${id}`]);
      this.#jobs.push(id);
    }
  }

  /** Writes until it is told to stop. */
  async write(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      // While the database is away nothing is written.
      await this.#round().catch(() => {});
      await pause(this.#random.between(50, 600));
    }
  }

  /** Forgets what was checked. */
  forget(): void {
    this.committed.length = 0;
    this.rolledBack.length = 0;
  }

  async #round(): Promise<void> {
    const clients = this.#jobs.map(
      () => new Client({ connectionString: this.#url, application_name: ownName, connectionTimeoutMillis: 3_000 }),
    );
    for (const client of clients) client.on('error', () => {});
    try {
      await Promise.all(clients.map((client) => client.connect()));
      const events: string[] = [];
      for (const [i, client] of clients.entries()) {
        events[i] = newId(eventType);
        await client.query('begin');
        await client.query(aChange, [newId(changeType)]);
        await client.query(anEvent, [events[i], this.#jobs[i]]);
      }
      for (let i = width - 1; i >= 0; i--) {
        await pause(this.#random.between(0, 120));
        await this.#end(clients[i]!, events[i]!);
      }
    } finally {
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
    }
  }

  async #end(client: Client, event: string): Promise<void> {
    if (this.#random.chance(0.2)) {
      await client.query('rollback');
      this.rolledBack.push(event);
    } else {
      // Of a commit that was not acknowledged nobody knows.
      await client.query('commit');
      this.committed.push(event);
    }
  }
}
