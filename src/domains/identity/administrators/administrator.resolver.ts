import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { AdminRole } from './admin-role.entity.js';
import { InviteAdminInput, RevokeInvitationInput, SetAdminRoleInput } from './administrator.inputs.js';
import { InviteAdminPayload, RevokeInvitationPayload, SetAdminRolePayload } from './administrator.payloads.js';
import { inviteAdmin } from './invite-admin.js';
import { revokeInvitation } from './revoke-invitation.js';
import { setAdminRole } from './set-admin-role.js';

/** Who else is an administrator. */
@Resolver(() => AdminRole)
export class AdministratorResolver {
  @Allow('role:assign', 10, 'inPerson')
  @Mutation(() => SetAdminRolePayload, {
    description:
      'Give a user an admin role, or change or suspend the one that they have; takes every permission that it adds while it counts',
  })
  async setAdminRole(@Arg('input', () => SetAdminRoleInput) input: SetAdminRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { adminRole: await setAdminRole(context, input) };
  }

  @Allow('user:create', 10, 'inPerson')
  @Mutation(() => InviteAdminPayload, { description: 'Invite somebody to become an administrator; takes role:assign too' })
  async inviteAdmin(@Arg('input', () => InviteAdminInput) input: InviteAdminInput, @Ctx() context: MutationContext): Promise<unknown> {
    const { invitation, path } = await inviteAdmin(context, input);
    return { adminInvitation: invitation, invitationPath: path };
  }

  @Allow('user:create', 10, 'inPerson')
  @Mutation(() => RevokeInvitationPayload, { description: 'Take an invitation back that was not accepted yet' })
  async revokeInvitation(
    @Arg('input', () => RevokeInvitationInput) { id }: RevokeInvitationInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { adminInvitation: await revokeInvitation(context, id) };
  }
}
