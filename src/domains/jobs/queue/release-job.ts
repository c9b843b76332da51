import { sql } from '#core/database/sql.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { Delivery } from '#core/jobs/delivery.js';
import { eventsOf, linesOf, queueStream } from '../job-streams.js';
import { moveJob } from './move-job.js';

/** Puts a job that waits for an approval on its queue, in the caller's transaction; false when it does not wait any more. */
export async function releaseJob(context: WriteContext, id: string, message: string): Promise<boolean> {
  const { em, services, touch } = context;
  const job = await moveJob(context, id, { to: 'QUEUED', from: 'WAITING_APPROVAL', message, set: { queued_at: sql`clock_timestamp()` } });
  if (!job) return false;
  await services.get(Delivery).send(em, job.queue, id, { priority: job.priority });
  for (const stream of [eventsOf(id), linesOf(id), sequencedStream, queueStream]) touch(stream);
  return true;
}
