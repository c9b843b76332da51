import { ID, Extensions, Field, Int, ObjectType } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { Changed, Payload } from '#core/graph/payload.js';
import { SafeInt } from '#core/graph/scalars.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { ChainFault, type ChainProblem } from './chain-problem.js';
import type { ChainReport } from './verify-chain.js';

const fault = enumType(ChainFault);

/** Something that is wrong with the audit trail. */
@ObjectType({ description: 'Something that is wrong with the audit trail' })
export class AuditChainProblem implements ChainProblem {
  @Field(() => fault, { description: 'What kind of fault it is' })
  fault!: ChainFault;

  @Field(() => SafeInt, { nullable: true, description: 'Place in the chain; null for an entry that has none' })
  number!: number | null;

  @Field(() => ID, { nullable: true, description: 'Id of the entry; null where links are missing and for checkpoints' })
  entryId!: string | null;

  @Field(() => String, { description: 'What is wrong, in words' })
  message!: string;
}

/** How a part of the audit trail was found. */
@ObjectType({ description: 'How a part of the audit trail was found' })
export class AuditChainReport implements Omit<ChainReport, 'keptCount' | 'signedAt'> {
  @Field(() => Boolean, { description: 'Whether nothing is wrong with this part' })
  isIntact!: boolean;

  @Field(() => Int, { description: 'How many links were verified' })
  checkedCount!: number;

  @Field(() => Int, { description: 'How many of their entries were deleted after their time, as they may be' })
  expiredCount!: number;

  @Field(() => Int, { description: 'How many signed checkpoints were compared' })
  checkpointCount!: number;

  @Field(() => SafeInt, {
    description:
      'Number of the last link of this part that a checkpoint signs; 0 when none does. What comes behind it is proven by nothing',
  })
  signedNumber!: number;

  @Field(() => SafeInt, { description: 'Number of the last link; give it as after to go on' })
  lastNumber!: number;

  @Field(() => String, { nullable: true, description: 'Digest of the last link, in hex; null when there is none' })
  digest!: string | null;

  @Field(() => Boolean, { description: 'Whether the chain goes on behind the last link' })
  hasMore!: boolean;

  @Field(() => Int, { description: 'How many things are wrong' })
  problemCount!: number;

  @Extensions({ size: 100 })
  @Field(() => [AuditChainProblem], { description: 'What is wrong, in the order of the chain; the first 100' })
  problems!: AuditChainProblem[];
}

/** A checkpoint was signed. */
@Payload('A checkpoint was signed')
export class CreateAuditCheckpointPayload {
  @Changed(() => AuditCheckpoint, 'The checkpoint')
  checkpoint!: AuditCheckpoint;
}
