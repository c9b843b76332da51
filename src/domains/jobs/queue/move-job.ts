import { type Sql, executeSql, sql } from '#core/database/sql.js';
import { endStreams, fenceStreams } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { JobFollowers, type Followed } from '#core/jobs/job-followers.js';
import { isFinal, statesBefore, type JobStatus } from '../job-status.js';
import { appendEvents, eventsOf, linesOf } from '../job-streams.js';

/** What it takes to move jobs: a transaction, and who has to be told. */
export type Mover = Pick<WriteContext, 'em' | 'services'>;

/** The columns that a move hands on. */
export interface MovedJob extends Followed {
  id: string;
  name: string;
  queue: string;
  parameters: Record<string, unknown>;
  attempts: number;
  failures: number;
  maxAttempts: number;
  fence: number;
  priority: number;
  timeoutMs: number;
  logBytes: number;
  requestedById: string | null;
  concurrencyKey: string | null;
  /** From its request to the beginning of its newest run; null before the first. */
  waitedMs: number | null;
}

/** Those columns, of `jobs`. */
export const movedJob = sql`id, name, queue, parameters, attempts, failures, max_attempts as "maxAttempts", fence, priority,
  timeout_ms::float8 as "timeoutMs", log_bytes::float8 as "logBytes", requested_by_id as "requestedById", concurrency_key as "concurrencyKey", follower, follower_id as "followerId", (extract(epoch from started_at - queued_at) * 1000)::float8 as "waitedMs"`;

/** A move of a job to another state. */
export interface JobMove {
  to: JobStatus;
  /** Only out of this state; out of any that may come before when left out. */
  from?: JobStatus;
  /** Only when the job still has this number: the mover is the one who runs it. */
  fence?: number;
  /** Further columns to set. */
  set?: Record<string, Sql | string | number | null>;
  message: string;
  progress?: number;
  payload?: unknown;
  /** What a run that has succeeded returned. */
  result?: unknown;
}

/**
 * Moves a job to another state with an event, tells its follower, and ends its streams when the state is final. Whoever ran it before
 * cannot write any more. Returns null, having done nothing, when the move is not legal or the job is in other hands. Locks the job, then its streams.
 */
export async function moveJob(
  { em, services }: Mover,
  id: string,
  { to, from, fence, set = {}, message, progress, payload = null, result }: JobMove,
): Promise<MovedJob | null> {
  const more = Object.entries(set).map(([column, value]) => sql`, ${sql.ref(column)} = ${value}`);
  const [job] = await executeSql<MovedJob>(
    em,
    sql`
    update jobs set status = ${to}, message = ${message}, fence = fence + 1, revision = revision + 1, updated_at = clock_timestamp(), parked_at = null
      ${isFinal(to) ? sql`, finished_at = clock_timestamp()` : sql.empty} ${to === 'RUNNING' ? sql.empty : sql`, worker_id = null`} ${sql.join(more, '')}
    where id = ${id} and status = any(${statesBefore(to).filter((each) => from === undefined || each === from)}::text[]) ${fence === undefined ? sql.empty : sql`and fence = ${fence}`}
    returning ${movedJob}`,
  );
  if (!job) return null;
  await fenceStreams(em, job.fence, eventsOf(id), linesOf(id));
  await appendEvents(em, id, job.fence, [{ status: to, attempt: job.attempts, message, progress: progress ?? null, payload }]);
  await services.get(JobFollowers).moved(em, [{ ...job, result }]);
  if (isFinal(to)) await endStreams(em, to, eventsOf(id), linesOf(id));
  return job;
}
