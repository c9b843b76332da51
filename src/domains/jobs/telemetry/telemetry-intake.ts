import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { sequencedStream } from '#core/feed/streams.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import type { Progress } from '#core/jobs/child/protocol.js';
import { JobFollowers, type Followed } from '#core/jobs/job-followers.js';
import type { Term } from '#core/jobs/leadership.js';
import { JobEvent } from '../job-event.entity.js';
import { isFinal, type JobStatus } from '../job-status.js';
import { eventsOf } from '../job-streams.js';
import { stepOf } from './step.js';
import { storeSteps } from './store-steps.js';
import { channelOf, isOwn, jobOfChannel, readTelemetry } from './telemetry-message.js';

const mostWaiting = 10_000;
const mostWaitingBytes = 16 * 1024 ** 2;
const retryMs = 500;
const mostTries = 3;
const mostTakenIn = 100_000;

interface Told {
  channel: string;
  told: Progress;
}

/** Takes in what other programs publish about jobs that have not ended: each as a step, in the order in which they came. */
export class TelemetryIntake {
  /** Ids of steps that were taken in and not passed over by the publisher yet. */
  readonly takenIn = new Set<string>();
  /** How many messages were not taken in: they say nothing of such a job, or there were more than could wait. */
  ignored = 0;
  #waiting = new Map<string, Told[]>();
  #count = 0;
  #bytes = 0;
  #wake = (): void => {};

  constructor(
    readonly system: WriteSystem,
    readonly term: Term,
  ) {}

  /** Notes a message; what Signalbox itself has published is passed over. */
  heard(text: string, channel: string): void {
    if (isOwn(text)) return;
    const jobId = jobOfChannel(channel);
    const told = jobId === null ? null : readTelemetry(text);
    if (jobId === null || told === null) return void this.#ignore(channel, 1, 'it is no telemetry');
    if (this.#count >= mostWaiting || this.#bytes + text.length > mostWaitingBytes) return void this.#ignore(channel, 1, 'too much waits');
    const ofJob = this.#waiting.get(jobId);
    if (ofJob) ofJob.push({ channel, told });
    else this.#waiting.set(jobId, [{ channel, told }]);
    this.#count += 1;
    this.#bytes += text.length;
    this.#wake();
  }

  /** Stores what comes, until the term ends. */
  async run(): Promise<void> {
    const { signal } = this.term;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      if (this.#count === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      const waiting = this.#waiting;
      this.#waiting = new Map();
      [this.#count, this.#bytes] = [0, 0];
      for (const [jobId, told] of waiting) await this.#take(jobId, told);
    }
  }

  async #take(jobId: string, told: readonly Told[]): Promise<void> {
    const { system, term } = this;
    const ids = told.map(() => newId(declarationOf(JobEvent).type));
    for (let tries = 1; !term.signal.aborted; tries++) {
      try {
        const taken = await system.database.fork().transactional((em) => this.#store(em, jobId, told, ids));
        if (taken === 0) return;
        system.bell.ring(eventsOf(jobId), sequencedStream);
        return void sequence(system);
      } catch (error) {
        // The answer to an earlier try was lost, not its commit.
        if (error instanceof UniqueConstraintViolationException) return;
        const isAway = !(await system.database.orm.isConnected());
        if (!isAway && tries >= mostTries) return void this.#ignore(jobId, told.length, (error as Error).message);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  /** How many steps were stored. */
  async #store(em: EntityManager, id: string, told: readonly Told[], ids: readonly string[]): Promise<number> {
    // Who does not lead any more finds nothing: the one that leads now may have heard the same.
    const [job] = await executeSql<{ name: string; status: JobStatus; attempts: number; fence: number } & Followed>(
      em,
      sql`select name, status, attempts, fence, follower, follower_id as "followerId" from jobs where id = ${id} and ${this.term.holds} for update`,
    );
    if (!job || isFinal(job.status)) return this.#ignore(id, told.length, 'there is no such job that has not ended');
    const channel = channelOf({ id, name: job.name });
    const steps = told.flatMap(({ told: each, channel: heard }, i) =>
      heard === channel ? [{ ...stepOf({ status: job.status, attempt: job.attempts }, each), id: ids[i]! }] : [],
    );
    this.#ignore(id, told.length - steps.length, 'the channel names another toolkit');
    if (steps.length === 0 || !(await storeSteps(em, { id, fence: job.fence }, steps))) return 0;
    await this.system.services.get(JobFollowers).told(em, job, { attempt: job.attempts, steps, lines: [] });
    // Before the commit: the publisher may see them right after it.
    for (const step of steps) this.takenIn.add(step.id);
    for (const oldest of this.takenIn)
      if (this.takenIn.size > mostTakenIn) this.takenIn.delete(oldest);
      else break;
    return steps.length;
  }

  #ignore(about: string, count: number, reason: string): 0 {
    this.ignored += count;
    if (count > 0) this.system.log.debug({ about, count, reason }, 'telemetry of another program was not taken in');
    return 0;
  }
}
