import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { Job } from './job.entity.js';
import { isFinal } from './job-status.js';
import { cancelStream, eventsOf, linesOf } from './job-streams.js';
import { moveJob } from './move-job.js';

/** Stops a job: one that waits ends at once, a running one is told to stop and ends when its worker says so. */
export async function cancelJob(context: WriteContext, id: string): Promise<Job> {
  const { em, actor } = context;
  const job = isUuid(id) ? await em.findOne(Job, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  const isOwn = job !== null && job.requestedBy?.id === actor.id;
  if (!job || (!isOwn && !can(actor, 'job:read'))) throw notFound(`Job ${id}`);
  if (!isOwn && !can(actor, 'job:cancel')) throw new AppError('FORBIDDEN', 'This needs the permission job:cancel');
  if (isFinal(job.status)) throw new AppError('PRECONDITION_FAILED', `The job has already ended: ${job.status}`);
  job.cancelRequestedAt ??= context.now;
  context.record('jobs.job.cancelled', job);
  await em.flush();
  if (job.status === 'RUNNING') context.touch(cancelStream);
  else await moveJob(em, id, { to: 'CANCELLED', message: `Cancelled by ${actor.name}` });
  for (const stream of [eventsOf(id), linesOf(id), sequencedStream]) context.touch(stream);
  return job;
}
