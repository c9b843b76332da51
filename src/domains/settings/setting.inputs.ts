import { MaxLength } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { Json } from '#core/graph/scalars.js';

/** What a setting is to be. */
@InputType({ description: 'What a setting is to be' })
export class SetSettingInput {
  @Field(() => String, { description: 'Key of the setting' })
  @MaxLength(200)
  key!: string;

  @Field(() => Json, { description: 'Its new value, which fits its schema' })
  value!: unknown;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;
}

/** Which setting goes back to its default. */
@InputType({ description: 'Which setting goes back to its default' })
export class ResetSettingInput {
  @Field(() => String, { description: 'Key of the setting' })
  @MaxLength(200)
  key!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;
}
