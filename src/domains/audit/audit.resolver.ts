import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { badInput } from '#core/errors/bad-input.js';
import { Allow } from '#core/graph/access.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { SafeInt } from '#core/graph/scalars.js';
import { publicAuditKeys } from './audit-keys.js';
import { AuditChainReport, CreateAuditCheckpointPayload } from './audit.payloads.js';
import { createCheckpoint } from './create-checkpoint.js';
import { verifyChain } from './verify-chain.js';

const mostLinks = 100_000;
const usualLinks = 20_000;

/** Verification of the audit trail. */
@Resolver(() => AuditChainReport)
export class AuditResolver {
  @Allow('audit:read', 1_000)
  @Query(() => AuditChainReport, {
    description:
      'Verify a part of the audit trail: entries, links and signed checkpoints. The operation upkeep.verifyAudit verifies all of it',
  })
  async verifyAuditChain(
    @Arg('after', () => SafeInt, { defaultValue: 0, description: 'Number of the link behind which to begin; 0 for the first one' })
    after: number,
    @Arg('first', () => Int, { defaultValue: usualLinks, description: `How many links to verify, at most ${mostLinks}` })
    first: number,
    @Ctx() { system, signal }: GraphContext,
  ): Promise<AuditChainReport> {
    if (after < 0) throw badInput('after must not be negative', 'after');
    if (first < 1 || first > mostLinks) throw badInput(`first must be between 1 and ${mostLinks}`, 'first');
    const keys = await publicAuditKeys(system.database.fork());
    return Object.assign(new AuditChainReport(), await verifyChain(system.database, { after, limit: first, keys, signal }));
  }

  @Allow('audit:checkpoint', 10)
  @Mutation(() => CreateAuditCheckpointPayload, { description: 'Sign how the chain of the audit trail stands now' })
  async createAuditCheckpoint(@Ctx() context: MutationContext): Promise<unknown> {
    return { checkpoint: await createCheckpoint(context) };
  }
}
