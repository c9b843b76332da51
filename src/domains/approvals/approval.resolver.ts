import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { Approval } from './approval.entity.js';
import { DecideApprovalInput } from './approval.inputs.js';
import { DecideApprovalPayload } from './approval.payloads.js';
import { decideApproval } from './decide-approval.js';

/** Deciding on what waits for a human. */
@Resolver(() => Approval)
export class ApprovalResolver {
  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => DecideApprovalPayload, {
    description:
      'Decide on what waits, whatever its kind: with the permission of the kind, within the own limits, and never on the own request',
  })
  async decideApproval(
    @Arg('input', () => DecideApprovalInput) input: DecideApprovalInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { approval: await decideApproval(context, input) };
  }
}
