import { executeSql, sql } from '#core/database/sql.js';
import { isDead } from '#core/jobs/liveness.js';
import { endRun, type EndingJob } from './end-run.js';
import type { MovedJob, Mover } from '../queue/move-job.js';

/** The worker that looks, and the runs that it really has. */
export interface Looker {
  workerId: string;
  runs: readonly string[];
}

/**
 * Takes jobs out of the hands of workers without a living session, and out of the looker's own when it has no such run: its end
 * could not be written. Returns those jobs.
 */
export async function recoverJobs({ em, services }: Mover, { workerId, runs }: Looker): Promise<MovedJob[]> {
  await executeSql(
    em,
    sql`update workers w set stopped_at = clock_timestamp() where stopped_at is null and ${sql.raw(isDead('w.number'))}`,
  );
  const lost = await executeSql<EndingJob>(
    em,
    sql`
    select j.id, j.queue, j.failures, j.max_attempts as "maxAttempts", j.fence, j.priority, j.concurrency_key as "concurrencyKey", j.follower, j.follower_id as "followerId"
    from jobs j join workers w on w.id = j.worker_id where j.status = 'RUNNING' and (w.stopped_at is not null
      or (j.worker_id = ${workerId}::uuid and j.started_at < now() - interval '10 seconds' and not j.id = any(${runs}::uuid[])))`,
  );
  const recovered: MovedJob[] = [];
  for (const job of lost) {
    const moved = await em.transactional((tx) => endRun({ em: tx, services }, job, { is: 'lost' }));
    if (moved) recovered.push(moved);
  }
  return recovered;
}
