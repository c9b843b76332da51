import { AppError } from '#core/errors/app-error.js';
import type { ChangeDetails } from '#core/feed/insert-changes.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import type { Job } from '../job.entity.js';
import { isFinal } from '../job-status.js';
import { cancelStream, eventsOf, linesOf } from '../job-streams.js';
import { moveJob } from './move-job.js';

/**
 * Stops a job whose row the transaction holds, whoever wants it: one that waits ends at once, with what follows it; a running one is
 * told to stop and ends when its worker says so.
 */
export async function stopJob(context: WriteContext, job: Job, message: string, more: ChangeDetails = {}): Promise<void> {
  const { em, services, touch } = context;
  const { id } = job;
  if (isFinal(job.status)) throw new AppError('PRECONDITION_FAILED', `The job has already ended: ${job.status}`);
  job.cancelRequestedAt ??= context.now;
  context.record('jobs.job.cancelled', job, more);
  await em.flush();
  const followers = services.get(JobFollowers);
  if (job.status === 'RUNNING') touch(cancelStream);
  else {
    await moveJob(context, id, { to: 'CANCELLED', message });
    await followers.cancelled(context, job);
  }
  for (const stream of [eventsOf(id), linesOf(id), sequencedStream, ...followers.streamsOf(job)]) touch(stream);
}
