import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { Json } from '#core/graph/scalars.js';

/** Which tool to run, and with what. */
@InputType({ description: 'Which tool to run, and with what' })
export class ExecuteToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  tool!: string;

  @Field(() => Json, { nullable: true, description: 'Parameters, as the input schema of the tool has them; none when left out' })
  parameters?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key of the same caller gives the same execution again, at most 200 characters',
  })
  @MaxLength(200)
  idempotencyKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is needed, for those who have to agree; at most 2000 characters' })
  @MaxLength(2000)
  justification?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether to run it although a result of before would answer' })
  isCacheSkipped!: boolean;
}

/** Which tool to try, and with what. */
@InputType({ description: 'Which tool to try, and with what' })
export class TestToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  tool!: string;

  @Field(() => Json, { nullable: true, description: 'Parameters, as the input schema of the tool has them; none when left out' })
  parameters?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key of the same caller gives the same execution again, at most 200 characters',
  })
  @MaxLength(200)
  idempotencyKey?: string | null;
}

/** Which execution to stop. */
@InputType({ description: 'Which execution to stop' })
export class CancelToolExecutionInput {
  @Field(() => ID, { description: 'Id of the execution' })
  id!: string;
}
