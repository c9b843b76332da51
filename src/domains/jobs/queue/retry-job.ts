import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize, can } from '#core/policy/actor.js';
import { enqueueJob, findRepeated } from './enqueue-job.js';
import { Job } from '../job.entity.js';
import { lockJob } from './lock-job.js';

/** Which job to run again. */
export interface RetryRequest {
  id: string;
  idempotencyKey?: string | null;
}

/** Runs a job that failed or was cancelled again, as a new job; the old one stays as it ended, and says that it was retried. */
export async function retryJob(context: WriteContext, { id, idempotencyKey = null }: RetryRequest): Promise<Job> {
  const { em, actor } = context;
  const earlier = idempotencyKey === null ? null : await findRepeated(context, idempotencyKey);
  const job = await lockJob(em, id);
  const isOwn = job !== null && job.requestedBy?.id === actor.id;
  if (!job || (!isOwn && !can(actor, 'job:read'))) throw notFound(`Job ${id}`);
  authorize(actor, isOwn ? 'job:enqueue' : 'job:retry');
  if (earlier?.retryOf?.id === job.id) return earlier;
  if (earlier) throw new AppError('CONFLICT', 'This idempotency key belongs to another request', { paths: ['input.idempotencyKey'] });
  // Whatever let it run, such as an approval, let it run once.
  if (job.follower !== null)
    throw new AppError('PRECONDITION_FAILED', 'The job carries out something else, such as the use of a tool: ask for that again');
  if (job.status !== 'FAILED' && job.status !== 'CANCELLED')
    throw new AppError('PRECONDITION_FAILED', `Only a job that failed or was cancelled can be run again; it is ${job.status}`);
  if (job.retriedAt !== null) {
    const next = await em.findOne(Job, { retryOf: job });
    throw new AppError('PRECONDITION_FAILED', `The job was run again already, as ${next?.id ?? 'a job that is gone by now'}`);
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
