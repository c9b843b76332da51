import { Ctx, Extensions, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Operations } from '#core/jobs/operations.js';
import { Allow } from '#core/graph/access.js';
import type { GraphContext } from '#core/graph/context.js';
import { visible } from '#core/graph/read/viewer.js';
import { SafeInt } from '#core/graph/scalars.js';
import { Job } from '../job.entity.js';
import { queueState, type QueueState } from './queue-state.js';

/** How a queue of jobs stands. */
@ObjectType({ description: 'How a queue of jobs stands, over all jobs that the caller sees' })
export class JobQueue implements QueueState {
  @Field(() => String, { description: 'Name of the queue' })
  name!: string;

  @Field(() => Int, { description: 'How many jobs wait for a worker, or for their next run' })
  waiting!: number;

  @Field(() => Int, { description: 'How many jobs run' })
  running!: number;

  @Field(() => Int, { description: 'How many jobs wait for a place among the runs that their operation allows at once' })
  parked!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'How long ago the oldest of those that wait was put on the queue, in milliseconds; null when none waits',
  })
  oldestWaitMs!: number | null;

  @Field(() => Int, { description: 'How many living workers take jobs off it' })
  workers!: number;
}

/** How the queues stand. */
@Resolver(() => JobQueue)
export class JobQueueResolver {
  @Allow('job:read', 5)
  @Extensions({ size: 10 })
  @Query(() => [JobQueue], { description: 'All queues that operations use or jobs that the caller sees are on, by name' })
  jobQueues(@Ctx() { reader, system }: GraphContext): Promise<QueueState[]> {
    return reader.execute<QueueState>(queueState(system.services.get(Operations).queues, visible(reader, Job, 'j')));
  }
}
