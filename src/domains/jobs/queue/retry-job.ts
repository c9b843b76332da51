import { AppError } from '#core/errors/app-error.js';
import { findForChange, isSeen } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { enqueueJob, findRepeated } from './enqueue-job.js';
import { Job } from '../job.entity.js';

/** Which job to run again. */
export interface RetryRequest {
  id: string;
  idempotencyKey?: string | null;
}

/** Runs a job that failed or was cancelled again, as a new job; the old one stays as it ended, and says that it was retried. */
export async function retryJob(context: WriteContext, { id, idempotencyKey = null }: RetryRequest): Promise<Job> {
  const { em, actor } = context;
  const earlier = idempotencyKey === null ? null : await findRepeated(context, idempotencyKey);
  const job = await findForChange(context, Job, { id });
  authorize(actor, job.requestedBy?.id === actor.id ? 'job:enqueue' : 'job:retry');
  if (earlier?.retryOf?.id === job.id) return earlier;
  if (earlier) throw new AppError('CONFLICT', 'This idempotency key belongs to another request', { paths: ['input.idempotencyKey'] });
  // Whatever let it run, such as an approval, let it run once.
  if (job.follower !== null)
    throw new AppError('PRECONDITION_FAILED', 'The job carries out something else, such as the use of a tool: ask for that again');
  if (job.status !== 'FAILED' && job.status !== 'CANCELLED')
    throw new AppError('PRECONDITION_FAILED', `Only a job that failed or was cancelled can be run again; it is ${job.status}`);
  if (job.retriedAt !== null) {
    const next = await em.findOne(Job, { retryOf: job });
    const as = next && (await isSeen(context, Job, next.id)) ? `, as ${next.id}` : '';
    throw new AppError('PRECONDITION_FAILED', `The job was run again already${as}`);
  }
  const { name, parameters, priority } = job;
  const again = await enqueueJob(context, {
    name,
    parameters: parameters as Record<string, unknown>,
    priority,
    idempotencyKey,
    retryOf: job,
  }).catch((error: unknown) => {
    // What does not fit any more stands in the old job, not in this input.
    if (error instanceof AppError && error.code === 'BAD_USER_INPUT')
      throw new AppError('PRECONDITION_FAILED', `The job cannot run again as it is: ${error.message}`);
    throw error;
  });
  job.retriedAt = context.now;
  context.record('jobs.job.retried', job);
  return again;
}
