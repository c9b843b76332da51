import { Max, MaxLength, Min, MinLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Json } from '#core/graph/scalars.js';

/** What the new schedule is. */
@InputType({ description: 'What the new schedule is' })
export class CreateJobScheduleInput {
  @Field(() => String, { description: 'Name of the schedule, which no other has' })
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  @Field(() => String, { description: 'Operation: <toolkit slug>.<operation>' })
  @MaxLength(200)
  operation!: string;

  @Field(() => String, {
    description:
      'Cron expression: minute, hour, day, month and day of the week, or six fields with seconds first, such as `30 4 * * MON-FRI`',
  })
  @MaxLength(200)
  cron!: string;

  @Field(() => String, { defaultValue: 'UTC', description: 'IANA time zone in which the expression is read, such as `Europe/Berlin`' })
  @MaxLength(100)
  timezone!: string;

  @Field(() => Json, {
    nullable: true,
    description: 'Parameters, as the input schema of the operation has them; none when left out. Never put a secret there',
  })
  parameters?: Record<string, unknown> | null;

  @Field(() => Int, { defaultValue: 0, description: 'Priority of its jobs, -100 to 100' })
  @Min(-100)
  @Max(100)
  priority!: number;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether it runs anything' })
  isEnabled!: boolean;
}

/** What to change of a schedule. */
@InputType({ description: 'What to change of a schedule; what is left out or null stays as it is' })
export class UpdateJobScheduleInput {
  @Field(() => ID, { description: 'Id of the schedule' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name of the schedule, which no other has' })
  @MinLength(1)
  @MaxLength(100)
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Operation: <toolkit slug>.<operation>' })
  @MaxLength(200)
  operation?: string | null;

  @Field(() => String, { nullable: true, description: 'Cron expression of five fields, or six with seconds first' })
  @MaxLength(200)
  cron?: string | null;

  @Field(() => String, { nullable: true, description: 'IANA time zone in which the expression is read' })
  @MaxLength(100)
  timezone?: string | null;

  @Field(() => Json, { nullable: true, description: 'Parameters, as the input schema of the operation has them' })
  parameters?: Record<string, unknown> | null;

  @Field(() => Int, { nullable: true, description: 'Priority of its jobs, -100 to 100' })
  @Min(-100)
  @Max(100)
  priority?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it runs anything' })
  isEnabled?: boolean | null;
}

/** Which schedule to delete. */
@InputType({ description: 'Which schedule to delete' })
export class DeleteJobScheduleInput {
  @Field(() => ID, { description: 'Id of the schedule' })
  id!: string;
}
