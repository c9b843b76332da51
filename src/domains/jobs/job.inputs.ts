import { Max, MaxLength, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Json } from '#core/graph/scalars.js';

/** What to run. */
@InputType({ description: 'What to run' })
export class EnqueueJobInput {
  @Field(() => String, { description: 'Operation: <toolkit slug>.<operation>' })
  @MaxLength(200)
  name!: string;

  @Field(() => Json, {
    nullable: true,
    description: 'Parameters, as the input schema of the operation has them; none when left out. Never put a secret there',
  })
  parameters?: Record<string, unknown> | null;

  @Field(() => Int, { defaultValue: 0, description: 'Jobs with a higher number go first, -100 to 100' })
  @Min(-100)
  @Max(100)
  priority!: number;

  @Field(() => String, { nullable: true, description: 'The same key of the same caller gives the same job again, at most 200 characters' })
  @MaxLength(200)
  idempotencyKey?: string | null;
}

/** Which job to run again. */
@InputType({ description: 'Which job to run again' })
export class RetryJobInput {
  @Field(() => ID, { description: 'Id of the job' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The same key of the same caller gives the same new job again, at most 200 characters',
  })
  @MaxLength(200)
  idempotencyKey?: string | null;
}

/** Which job to stop. */
@InputType({ description: 'Which job to stop' })
export class CancelJobInput {
  @Field(() => ID, { description: 'Id of the job' })
  id!: string;
}
