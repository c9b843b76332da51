import { AppError } from '#core/errors/app-error.js';
import { findForChange } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { guardOperation } from '../guard-operation.js';
import { Job } from '../job.entity.js';
import { stopJob } from './stop-job.js';

/** Stops one of the actor's own jobs, or with job:cancel anybody's that they see. */
export const cancelJob = async (context: WriteContext, id: string): Promise<Job> =>
  cancelFound(context, await findForChange(context, Job, { id }));

/** Stops a job that the transaction holds, when it is the actor's own, or with job:cancel. */
export async function cancelFound(context: WriteContext, job: Job): Promise<Job> {
  const { actor } = context;
  const isOwn = job.requestedBy?.id === actor.id;
  if (!isOwn && !can(actor, 'job:cancel')) throw new AppError('FORBIDDEN', 'This needs the permission job:cancel');
  const more = isOwn ? {} : await guardOperation(context, job.name);
  await stopJob(context, job, `Cancelled by ${actor.name}`, more);
  return job;
}
