import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { createJobSchedule } from './create-job-schedule.js';
import { deleteJobSchedule } from './delete-job-schedule.js';
import { JobSchedule } from './job-schedule.entity.js';
import { CreateJobScheduleInput, DeleteJobScheduleInput, UpdateJobScheduleInput } from './job-schedule.inputs.js';
import { CreateJobSchedulePayload, DeleteJobSchedulePayload, UpdateJobSchedulePayload } from './job-schedule.payloads.js';
import { updateJobSchedule } from './update-job-schedule.js';

/** What can be done with schedules. */
@Resolver(() => JobSchedule)
export class JobScheduleResolver {
  @Allow('schedule:manage', 10)
  @Mutation(() => CreateJobSchedulePayload, { description: 'Have an operation run by itself at the times of a cron expression' })
  async createJobSchedule(
    @Arg('input', () => CreateJobScheduleInput) input: CreateJobScheduleInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { jobSchedule: await createJobSchedule(context, { ...input, parameters: input.parameters ?? {} }) };
  }

  @Allow('schedule:manage', 10)
  @Mutation(() => UpdateJobSchedulePayload, { description: 'Change a schedule, or switch it off and on' })
  async updateJobSchedule(
    @Arg('input', () => UpdateJobScheduleInput) input: UpdateJobScheduleInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { jobSchedule: await updateJobSchedule(context, input) };
  }

  @Allow('schedule:manage', 10)
  @Mutation(() => DeleteJobSchedulePayload, {
    description: 'Delete a schedule; one that Signalbox made comes back at the next start, so switch that off instead',
  })
  async deleteJobSchedule(
    @Arg('input', () => DeleteJobScheduleInput) { id }: DeleteJobScheduleInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { id: await deleteJobSchedule(context, id) };
  }
}
