import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { cancelJob } from './cancel-job.js';
import { enqueueJob } from './enqueue-job.js';
import { Job } from './job.entity.js';
import { CancelJobInput, EnqueueJobInput } from './job.inputs.js';
import { CancelJobPayload, EnqueueJobPayload } from './job.payloads.js';

/** Starting and stopping jobs. */
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
}
