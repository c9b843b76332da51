import { Field } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { AdminInvitation } from './admin-invitation.entity.js';
import { AdminRole } from './admin-role.entity.js';

/** A user has an admin role. */
@Payload('A user has an admin role')
export class SetAdminRolePayload {
  @Changed(() => AdminRole, 'The admin role')
  adminRole!: AdminRole;
}

/** Somebody was invited. */
@Payload('Somebody was invited')
export class InviteAdminPayload {
  @Changed(() => AdminInvitation, 'The invitation')
  adminInvitation!: AdminInvitation;

  @Field(() => String, {
    nullable: true,
    description: 'Path of the link, at the address of the server; shown this once, and null when it is sent by mail',
  })
  invitationPath!: string | null;
}

/** An invitation was revoked. */
@Payload('An invitation was revoked; its link is no good any more')
export class RevokeInvitationPayload {
  @Changed(() => AdminInvitation, 'The invitation')
  adminInvitation!: AdminInvitation;
}
