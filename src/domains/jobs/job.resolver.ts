import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { cancelJob } from './queue/cancel-job.js';
import { enqueueJob } from './queue/enqueue-job.js';
import { Job } from './job.entity.js';
import { CancelJobInput, EnqueueJobInput, RetryJobInput } from './job.inputs.js';
import { CancelJobPayload, EnqueueJobPayload, RetryJobPayload } from './job.payloads.js';
import { retryJob } from './queue/retry-job.js';

/** Starting, stopping and repeating jobs. */
@Resolver(() => Job)
export class JobResolver {
  @Allow('job:enqueue', 10)
  @Mutation(() => EnqueueJobPayload, { description: 'Start a job; the cursor of the payload replays all of its events and lines' })
  async enqueueJob(@Arg('input', () => EnqueueJobInput) input: EnqueueJobInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { job: await enqueueJob(context, input) };
  }

  @Allow('signedIn', 10)
  @Mutation(() => CancelJobPayload, { description: "Stop one of the caller's own jobs, or with job:cancel anybody's" })
  async cancelJob(@Arg('input', () => CancelJobInput) { id }: CancelJobInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { job: await cancelJob(context, id) };
  }

  @Allow('signedIn', 10)
  @Mutation(() => RetryJobPayload, {
    description:
      "Run a job that failed or was cancelled again, as a new one with the same name, parameters and priority: one's own with job:enqueue, anybody's with job:retry",
  })
  async retryJob(@Arg('input', () => RetryJobInput) input: RetryJobInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { job: await retryJob(context, input) };
  }
}
