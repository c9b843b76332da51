import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, rightsStream } from '#core/policy/actor.js';
import { AdminInvitation } from './admin-invitation.entity.js';
import { AdminRole } from './admin-role.entity.js';
import { checkUser } from '../users/check-user.js';
import { findActor } from '../roles/find-actor.js';
import { findRoles } from '../roles/find-roles.js';
import { mayGiveRoles } from '../roles/may-give.js';
import { hashPassword } from '../passwords/password.js';
import { checkNotice, staleLink, useNotice } from '../accounts/use-notice.js';
import { User } from '../users/user.entity.js';

/** The token of an invitation and who its holder wants to be. */
export interface Acceptance {
  token: string;
  username?: string | null;
  password: string;
  fullName?: string | null;
}

/** Makes the account and the admin role that an invitation promises, if whoever sent it may still give them. */
export async function acceptInvitation(context: WriteContext, { token, username, password, fullName = null }: Acceptance): Promise<User> {
  const { em, now } = context;
  const problems = new Problems();
  checkUser({ fullName, ...(username != null && { username }) }, problems);
  problems.throwIfAny();
  await checkNotice(context, 'INVITATION', token);
  const passwordHash = await hashPassword(password, 'input.password');

  // As everything does that changes rights; the caller has none to be looked at.
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended('signalbox rights', 0))`);
  const { notice } = await useNotice(context, 'INVITATION', token);
  const invitation = await em.findOneOrFail(AdminInvitation, { id: notice.invitation!.id });
  if (!invitation.isPending) throw staleLink();
  await mustStillHold(context, invitation);
  const name = username ?? invitation.handle;
  if (name === null) throw badInput('Choose a username', 'input.username');

  const user = Object.assign(new User(), {
    id: newId(declarationOf(User).type),
    username: name,
    email: invitation.email,
    fullName,
    passwordHash,
    // A link that was sent shows whose the address is; one that an administrator handed over does not.
    isVerified: notice.attempts > 0,
    hasProvenEmail: notice.attempts > 0,
    createdBy: invitation.invitedBy,
    createdByName: invitation.invitedByName,
  });
  const adminRole = Object.assign(new AdminRole(), { id: newId(declarationOf(AdminRole).type), user: ref(user), role: invitation.role });
  em.persist([user, adminRole]);
  invitation.acceptedAt = now;
  const by = { id: user.id, name };
  context.record('identity.adminInvitation.accepted', invitation, { by, severity: 'MEDIUM' });
  context.record('identity.user.created', user, { by });
  context.record('identity.adminRole.created', adminRole, { by, severity: 'MEDIUM' });
  context.touch(rightsStream);
  return user;
}

// Who has lost a right meanwhile, or has left, gives it to nobody any more.
async function mustStillHold({ em, services }: WriteContext, invitation: AdminInvitation): Promise<void> {
  const inviter = invitation.invitedBy && (await findActor(em, invitation.invitedBy.id, services));
  if (!inviter || !can(inviter, 'user:create') || !can(inviter, 'role:assign')) throw staleLink();
  const roles = await findRoles(em, [invitation.role.toLowerCase()], 'input.token', new Problems());
  try {
    await mayGiveRoles(em, inviter, roles);
  } catch (error) {
    throw error instanceof AppError ? staleLink() : error;
  }
}
