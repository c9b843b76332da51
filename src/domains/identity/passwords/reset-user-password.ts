import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { endAccess } from '../sessions/end-access.js';
import { findUser } from '../users/find-user.js';
import { lockRights } from '../roles/lock-rights.js';
import { requireProof } from '../sessions/require-proof.js';
import { makeSignInLink, type MadeLink } from '../sessions/make-sign-in-link.js';
import { mayActAs } from '../roles/may-act-as.js';
import { checkPassword, hashPassword } from './password.js';
import type { User } from '../users/user.entity.js';

/** Whose password to set; without a new one, the old one is taken away and a link is made. */
export interface PasswordReset {
  id: string;
  newPassword?: string | null;
}

/** Gives another user a new password, or a link that signs in once; every earlier token, session and link ends. */
export async function resetUserPassword(
  context: WriteContext,
  { id, newPassword = null }: PasswordReset,
): Promise<{ user: User; link: MadeLink | null }> {
  const problems = new Problems();
  checkPassword(newPassword, problems, 'input.newPassword');
  problems.throwIfAny();
  const passwordHash = newPassword === null ? null : await hashPassword(newPassword, 'input.newPassword');

  await requireProof(context);
  const actor = await lockRights(context, 'user:update');
  const user = await findUser(context, actor, id);
  // A stolen session must not be enough to keep somebody out of the own account.
  if (user.id === actor.id) throw new AppError('PRECONDITION_FAILED', 'Change your own password with changePassword');
  // Whoever sets a password can sign in with it, and has all that the user may do.
  await mayActAs(context, actor, user);
  user.passwordHash = passwordHash;
  user.passwordVersion += 1;
  // From now on somebody else has a way in too, which must not come to what a provider gives the owner of the address.
  user.hasProvenEmail = false;
  context.record('identity.user.passwordReset', user, { severity: 'MEDIUM' });
  await endAccess(context, user);
  return { user, link: newPassword === null ? makeSignInLink(context, user) : null };
}
