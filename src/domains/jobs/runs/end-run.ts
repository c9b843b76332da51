import { ref } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson, storableText } from '#core/database/sql.js';
import { Delivery } from '#core/jobs/delivery.js';
import { deliverParked } from '../queue/deliver-parked.js';
import { lockKeys } from '../queue/lock-keys.js';
import type { LeftFile } from './collect-output.js';
import { JobFile } from '../job-file.entity.js';
import { Job } from '../job.entity.js';
import { moveJob, type MovedJob, type Mover } from '../queue/move-job.js';

/** How a run ended. */
export type RunEnd =
  | { is: 'succeeded'; result: unknown; files: readonly LeftFile[] }
  | { is: 'failed'; error: string }
  | { is: 'cancelled' }
  | { is: 'lost' }
  | { is: 'handedBack' };

const firstDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;
const longestError = 8_000;
const lostRun = 'The worker was lost in the middle of the run; whether it had an effect is not known';
const brokenOff = 'The worker shut down in the middle of the run; whether it had an effect is not known';

/** What a run's end needs to know of its job. */
export type EndingJob = Pick<
  MovedJob,
  'id' | 'queue' | 'failures' | 'maxAttempts' | 'fence' | 'priority' | 'concurrencyKey' | 'follower' | 'followerId'
>;

/**
 * Ends a run, in the caller's transaction: the job succeeds, waits for its next run, or is given up, and its place is given to a
 * parked job of the same key. Null when it is in other hands. Locks the key, then the job, then its streams.
 */
export async function endRun(mover: Mover, job: EndingJob, end: RunEnd): Promise<MovedJob | null> {
  const { em, services } = mover;
  const keys = job.concurrencyKey === null ? [] : [job.concurrencyKey];
  await lockKeys(em, keys);
  const moved = await moveOn(mover, job, end);
  if (moved) await deliverParked(em, services.get(Delivery), keys);
  return moved;
}

async function moveOn(mover: Mover, job: EndingJob, end: RunEnd): Promise<MovedJob | null> {
  const { em } = mover;
  const { id, fence } = job;
  if (end.is === 'succeeded') {
    const moved = await moveJob(mover, id, {
      to: 'SUCCEEDED',
      fence,
      message: 'Done',
      progress: 100,
      result: end.result,
      // What follows the job keeps it, and shows it to those who may see it there.
      set: { ...(job.follower === null && { result: sql`${storableJson(end.result)}::json` }), progress: 100 },
    });
    if (moved)
      for (const file of end.files)
        em.persist(Object.assign(new JobFile(), file, { job: ref(em.getReference(Job, id)), attempt: moved.attempts }));
    return moved;
  }
  if (end.is === 'cancelled' || (await isCancelled(em, id)))
    return moveJob(mover, id, { to: 'CANCELLED', fence, message: 'The run was stopped' });
  // What follows a job may have had an effect outside, as a tool: that is told, and only begun again as often as was agreed.
  if (end.is === 'handedBack' && job.follower === null)
    return redeliver(mover, job, await moveJob(mover, id, { to: 'QUEUED', fence, message: 'Handed back: its worker shuts down' }));

  const failures = job.failures + 1;
  const error = end.is === 'failed' ? storableText(end.error.slice(0, longestError)) : end.is === 'lost' ? lostRun : brokenOff;
  if (failures >= job.maxAttempts) return moveJob(mover, id, { to: 'FAILED', fence, message: error, set: { failures, error } });
  const delayMs = end.is !== 'failed' ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
  return redeliver(mover, job, await moveJob(mover, id, { to: 'RETRYING', fence, message: error, set: { failures, error } }), delayMs);
}

// Whoever asked to stop it must not see it run again, whatever ended the run first.
async function isCancelled(em: EntityManager, id: string): Promise<boolean> {
  const [job] = await executeSql<{ at: Date | null }>(em, sql`select cancel_requested_at as at from jobs where id = ${id} for update`);
  return job?.at != null;
}

async function redeliver(
  { em, services }: Mover,
  { id, queue, priority }: EndingJob,
  moved: MovedJob | null,
  delayMs = 0,
): Promise<MovedJob | null> {
  if (moved)
    await services.get(Delivery).send(em, queue, id, { priority, ...(delayMs > 0 && { startAfter: new Date(Date.now() + delayMs) }) });
  return moved;
}
