import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { guardOperation } from '../guard-operation.js';
import type { Job } from '../job.entity.js';
import { lockJob } from './lock-job.js';
import { stopJob } from './stop-job.js';

/** Stops one of the actor's own jobs, or with job:cancel anybody's. */
export async function cancelJob(context: WriteContext, id: string): Promise<Job> {
  const { em, actor } = context;
  const job = await lockJob(em, id);
  const isOwn = job !== null && job.requestedBy?.id === actor.id;
  if (!job || (!isOwn && !can(actor, 'job:read'))) throw notFound(`Job ${id}`);
  if (!isOwn && !can(actor, 'job:cancel')) throw new AppError('FORBIDDEN', 'This needs the permission job:cancel');
  const more = isOwn ? {} : await guardOperation(context, job.name);
  await stopJob(context, job, `Cancelled by ${actor.name}`, more);
  return job;
}
