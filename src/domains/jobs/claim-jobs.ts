import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '#core/database/sql.js';
import type { Delivery } from '#core/jobs/delivery.js';
import { moveJob, type MovedJob } from './move-job.js';

/** Takes up to `limit` jobs off a queue for a worker: off the queue and RUNNING commit together. */
export async function claimJobs(
  em: EntityManager,
  delivery: Delivery,
  queue: string,
  limit: number,
  worker: { id: string; name: string },
): Promise<MovedJob[]> {
  return em.transactional(async (tx) => {
    const claimed: MovedJob[] = [];
    for (const id of await delivery.take(tx, queue, limit)) {
      // Null: cancelled meanwhile, or delivered twice.
      const job = await moveJob(tx, id, {
        to: 'RUNNING',
        message: `Runs on ${worker.name}`,
        progress: 0,
        set: { attempts: sql`attempts + 1`, worker_id: worker.id, started_at: sql`clock_timestamp()`, progress: 0, error: null },
      });
      if (job) claimed.push(job);
    }
    return claimed;
  });
}
