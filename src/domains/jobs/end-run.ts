import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson, storableText } from '#core/database/sql.js';
import type { Delivery } from '#core/jobs/delivery.js';
import { deliverParked } from './deliver-parked.js';
import { lockKeys } from './lock-keys.js';
import { moveJob, type MovedJob } from './move-job.js';

/** How a run ended. */
export type RunEnd =
  { is: 'succeeded'; result: unknown } | { is: 'failed'; error: string } | { is: 'cancelled' } | { is: 'lost' } | { is: 'handedBack' };

const firstDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;
const longestError = 8_000;

/** What a run's end needs to know of its job. */
export type EndingJob = Pick<MovedJob, 'id' | 'queue' | 'failures' | 'maxAttempts' | 'fence' | 'priority' | 'concurrencyKey'>;

/**
 * Ends a run, in the caller's transaction: the job succeeds, waits for its next run, or is given up, and its place is given to a
 * parked job of the same key. Null when it is in other hands. Locks the key, then the job, then its streams.
 */
export async function endRun(em: EntityManager, delivery: Delivery, job: EndingJob, end: RunEnd): Promise<MovedJob | null> {
  const keys = job.concurrencyKey === null ? [] : [job.concurrencyKey];
  await lockKeys(em, keys);
  const moved = await moveOn(em, delivery, job, end);
  if (moved) await deliverParked(em, delivery, keys);
  return moved;
}

async function moveOn(em: EntityManager, delivery: Delivery, job: EndingJob, end: RunEnd): Promise<MovedJob | null> {
  const { id, fence } = job;
  if (end.is === 'succeeded')
    return moveJob(em, id, {
      to: 'SUCCEEDED',
      fence,
      message: 'Done',
      progress: 100,
      set: { result: sql`${storableJson(end.result)}::json`, progress: 100 },
    });
  if (end.is === 'cancelled' || (await isCancelled(em, id)))
    return moveJob(em, id, { to: 'CANCELLED', fence, message: 'The run was stopped' });
  if (end.is === 'handedBack')
    return redeliver(em, delivery, job, await moveJob(em, id, { to: 'QUEUED', fence, message: 'Handed back: its worker shuts down' }));

  const failures = job.failures + 1;
  const error = end.is === 'lost' ? 'The worker was lost in the middle of the run' : storableText(end.error.slice(0, longestError));
  if (failures >= job.maxAttempts) return moveJob(em, id, { to: 'FAILED', fence, message: error, set: { failures, error } });
  const delayMs = end.is === 'lost' ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
  return redeliver(em, delivery, job, await moveJob(em, id, { to: 'RETRYING', fence, message: error, set: { failures, error } }), delayMs);
}

// Whoever asked to stop it must not see it run again, whatever ended the run first.
async function isCancelled(em: EntityManager, id: string): Promise<boolean> {
  const [job] = await executeSql<{ at: Date | null }>(em, sql`select cancel_requested_at as at from jobs where id = ${id} for update`);
  return job?.at != null;
}

async function redeliver(
  em: EntityManager,
  delivery: Delivery,
  { id, queue, priority }: EndingJob,
  moved: MovedJob | null,
  delayMs = 0,
): Promise<MovedJob | null> {
  if (moved) await delivery.send(em, queue, id, { priority, ...(delayMs > 0 && { startAfter: new Date(Date.now() + delayMs) }) });
  return moved;
}
