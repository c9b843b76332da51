import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { endAccess } from '../sessions/end-access.js';
import { findSelf } from '../users/find-self.js';
import { limitAttempts } from '../attempts/limit-attempts.js';
import { openSession, type OpenedSession } from '../sessions/open-session.js';
import { hashPassword, verifyPassword } from './password.js';
import { requireProof } from '../sessions/require-proof.js';
import type { SigningKeys } from '../sessions/signing-keys.js';
import type { User } from '../users/user.entity.js';

/** The present password (while there is none, a recent sign-in stands in for it) and the new one. */
export interface PasswordChange {
  currentPassword?: string | null;
  newPassword: string;
  withCookie: boolean;
}

/** Changes the caller's password, which ends every earlier token and session, and begins a new session. */
export async function changePassword(
  context: WriteContext,
  keys: SigningKeys,
  { currentPassword, newPassword, withCookie }: PasswordChange,
): Promise<OpenedSession> {
  // Locked, so that a change at the same instant, which ends this session, is seen.
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  // Who signs in elsewhere has none to show: a session that was left open must not be enough to give them one.
  if (user.passwordHash === null) await requireProof(context);
  else await checkPresent(context, user, currentPassword ?? '');
  user.passwordHash = await hashPassword(newPassword, 'input.newPassword');
  user.passwordVersion += 1;
  context.record('password_changed', user);
  await context.em.flush();
  await endAccess(context, user);
  return openSession(context, keys, user, { withCookie });
}

// A session that was left open must not be a way to guess the password that sign-ins do not offer.
async function checkPresent(context: WriteContext, { username, passwordHash }: User, password: string): Promise<void> {
  const attempt = await limitAttempts(context, 'proof', { name: username });
  if (!(await verifyPassword(passwordHash, password))) throw new AppError('FORBIDDEN', 'The current password is wrong');
  await attempt.succeeded(context.em);
}
