import { Field, ID } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { JobSchedule } from './job-schedule.entity.js';

/** A schedule was created. */
@Payload('A schedule was created')
export class CreateJobSchedulePayload {
  @Changed(() => JobSchedule, 'The schedule')
  jobSchedule!: JobSchedule;
}

/** A schedule was changed. */
@Payload('A schedule was changed')
export class UpdateJobSchedulePayload {
  @Changed(() => JobSchedule, 'The schedule')
  jobSchedule!: JobSchedule;
}

/** A schedule was deleted. */
@Payload('A schedule was deleted; the jobs that it started stay')
export class DeleteJobSchedulePayload {
  @Field(() => ID, { description: 'Id of the schedule that is gone' })
  id!: string;
}
