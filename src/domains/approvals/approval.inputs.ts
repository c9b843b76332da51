import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { Json } from '#core/graph/scalars.js';
import { ApprovalVerdict } from './approval-decision.entity.js';

const verdict = enumType(ApprovalVerdict);

/** What is decided. */
@InputType({ description: 'What is decided' })
export class DecideApprovalInput {
  @Field(() => ID, { description: 'Id of the approval' })
  id!: string;

  @Field(() => verdict as never, { description: 'Yes or no' })
  verdict!: ApprovalVerdict;

  @Field(() => String, {
    description: 'Digest of the approval that was seen; one that is not that of what waits, or of what its subject is now, is refused',
  })
  @MaxLength(200)
  digest!: string;

  @Field(() => String, { nullable: true, description: 'What there is to say about it, at most 4,000 characters; a rejection says why' })
  @MaxLength(4_000)
  comment?: string | null;

  @Field(() => Json, {
    nullable: true,
    description:
      'What was asked, as the answer schema of the approval has it; who agrees after somebody else may leave it out, and agrees with their answer. Never put a secret there',
  })
  answer?: unknown;
}
