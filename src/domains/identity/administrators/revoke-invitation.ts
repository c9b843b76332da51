import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { AccountNotice } from '../accounts/account-notice.entity.js';
import { AdminInvitation } from './admin-invitation.entity.js';
import { lockRights } from '../roles/lock-rights.js';

/** Takes an invitation back that was not accepted yet; its link is no good any more. */
export async function revokeInvitation(context: WriteContext, id: string): Promise<AdminInvitation> {
  const { em, now } = context;
  const actor = await lockRights(context, 'user:create');
  const invitation = isUuid(id) ? await em.findOne(AdminInvitation, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!invitation || (invitation.invitedBy?.id !== actor.id && !can(actor, 'user:read'))) throw notFound(`Invitation ${id}`);
  if (invitation.acceptedAt) throw new AppError('PRECONDITION_FAILED', 'The invitation was accepted already: deactivate the user instead');
  if (invitation.revokedAt) throw new AppError('PRECONDITION_FAILED', 'The invitation was revoked before');
  invitation.revokedAt = now;
  await em.nativeUpdate(AccountNotice, { invitation: invitation.id, usedAt: null }, { expiresAt: now, nextAttemptAt: null });
  context.record('identity.adminInvitation.revoked', invitation, { severity: 'MEDIUM' });
  return invitation;
}
