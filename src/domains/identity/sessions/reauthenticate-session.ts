import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkTotp, totpOf } from '../factors/check-totp.js';
import { findSelf } from '../users/find-self.js';
import { limitAttempts } from '../attempts/limit-attempts.js';
import { verifyPassword } from '../passwords/password.js';
import { Session } from './session.entity.js';

/** What shows who the caller is: everything that they have of the two. */
export interface Proof {
  password?: string | null;
  totpCode?: string | null;
}

/** Notes in the session that the caller has just shown who they are. */
export async function reauthenticateSession(context: WriteContext, { password, totpCode }: Proof): Promise<Session> {
  const { em, actor, now } = context;
  const user = await findSelf(context);
  const session = actor.sessionId === null ? null : await em.findOne(Session, { id: actor.sessionId });
  if (!session) throw new AppError('PRECONDITION_FAILED', 'There is no session');
  const totp = await totpOf(context, user.id);
  if (user.passwordHash === null && !totp)
    throw new AppError('PRECONDITION_FAILED', 'You have neither a password nor a second factor: sign in again instead');
  // A session that was left open must not be a way to guess what sign-ins do not offer.
  const attempt = await limitAttempts(context, 'proof', { name: user.username });
  if (user.passwordHash !== null && !(await verifyPassword(user.passwordHash, password ?? '')))
    throw new AppError('FORBIDDEN', 'The password is wrong');
  if (totp) {
    if (!totpCode) throw new AppError('FORBIDDEN', 'A code of your app is needed too, as totpCode', { reason: 'TOTP_REQUIRED' });
    await checkTotp(context, user, totp, totpCode);
  }
  await attempt.succeeded(em);
  session.reauthenticatedAt = now;
  context.record('identity.session.reauthenticated', session);
  return session;
}
