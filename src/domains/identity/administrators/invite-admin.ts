import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { Settings } from '#core/settings/settings.js';
import { invitationDays } from '../accounts/account.settings.js';
import { AdminInvitation } from './admin-invitation.entity.js';
import type { AdminRoleName } from './admin-role.entity.js';
import { checkUser } from '../users/check-user.js';
import { findRoles } from '../roles/find-roles.js';
import { lockRights } from '../roles/lock-rights.js';
import { mayGiveRoles } from '../roles/may-give.js';
import { NoticeDelivery } from '../accounts/notice-delivery.js';
import { noticePaths } from '../accounts/notice-letter.js';
import { postNotice } from '../accounts/post-notice.js';
import { requireProof } from '../sessions/require-proof.js';
import { User } from '../users/user.entity.js';

const dayMs = 24 * 3_600_000;

/** Whom to invite, to which role. */
export interface NewInvitation {
  email: string;
  handle?: string | null;
  role: AdminRoleName;
}

/** Invites somebody to become an administrator. Where nothing can be sent, the path of the link comes back, this once. */
export async function inviteAdmin(
  context: WriteContext,
  { email: given, handle = null, role }: NewInvitation,
): Promise<{ invitation: AdminInvitation; path: string | null }> {
  const { em, now, services } = context;
  const email = given.toLowerCase();
  const problems = new Problems();
  checkUser({ email, ...(handle !== null && { username: handle }) }, problems);
  const roles = await findRoles(em, [role.toLowerCase()], 'input.role', problems);
  problems.throwIfAny();

  await requireProof(context);
  const actor = await lockRights(context, 'user:create');
  authorize(actor, 'role:assign');
  await mayGiveRoles(em, actor, roles);
  const [taken] = await executeSql(em, sql`select 1 from users where lower(email) = ${email}`);
  if (taken) throw new AppError('CONFLICT', 'A user has this address already: use setAdminRole', { paths: ['input.email'] });

  const goodForMs = services.get(Settings).value(invitationDays) * dayMs;
  const invitation = Object.assign(new AdminInvitation(), {
    id: newId(declarationOf(AdminInvitation).type),
    email,
    handle,
    role,
    invitedBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    invitedByName: actor.name,
    expiresAt: new Date(now.getTime() + goodForMs),
  });
  em.persist(invitation);
  context.record('identity.adminInvitation.created', invitation, { severity: 'MEDIUM' });
  const isSent = services.get(NoticeDelivery).isOpen;
  const notice = await postNotice(context, { kind: 'INVITATION', recipient: email, invitation, goodForMs, goesNowhere: !isSent });
  if (isSent) {
    if (notice.nextAttemptAt === null)
      throw new AppError('RATE_LIMITED', 'This address got too many notices within the hour', { retryAfterMs: 3_600_000 });
    return { invitation, path: null };
  }
  const token = newToken();
  notice.tokenHash = hashToken(token);
  return { invitation, path: `${noticePaths.INVITATION}#token=${token}` };
}
