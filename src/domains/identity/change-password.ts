import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { endAllSessions } from './end-sessions.js';
import { openSession, type OpenedSession } from './open-session.js';
import { hashPassword, verifyPassword } from './password.js';
import type { SigningKeys } from './signing-keys.js';
import { User } from './user.entity.js';

/** The present password (not asked for while there is none) and the new one. */
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
  const user = await context.em.findOneOrFail(User, { id: context.actor.id! });
  if (user.passwordHash !== null && !(await verifyPassword(user.passwordHash, currentPassword ?? '')))
    throw new AppError('FORBIDDEN', 'The current password is wrong');
  user.passwordHash = await hashPassword(newPassword, 'input.newPassword');
  user.passwordVersion += 1;
  context.record('password_changed', user);
  await endAllSessions(context, user.id);
  return openSession(context, keys, user, { withCookie });
}
