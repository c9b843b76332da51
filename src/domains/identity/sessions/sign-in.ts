import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { admitUser } from '../users/admit-user.js';
import { legacyCost } from '../passwords/legacy-cost.js';
import type { Attempt } from '../attempts/limit-attempts.js';
import { openSession, type OpenedSession } from './open-session.js';
import { AuthProvider } from '../providers/auth-provider.entity.js';
import { verifyPassword } from '../passwords/password.js';
import type { SigningKeys } from './signing-keys.js';
import { upgradePassword } from '../passwords/upgrade-password.js';
import { User } from '../users/user.entity.js';

/** Who signs in, and whether a browser wants a cookie. */
export interface SignIn {
  username: string;
  password: string;
  withCookie: boolean;
  /** Of a user with a second factor. */
  totpCode?: string | null;
  clientInfo?: string | null;
  /** The try that this is, taken before anything was verified. */
  attempt: Attempt;
}

/** Signs a user in with a password. A wrong name, a wrong password and a deactivated account give the same answer. */
export async function signIn(
  context: WriteContext,
  keys: SigningKeys,
  { username, password, totpCode, attempt, ...options }: SignIn,
): Promise<OpenedSession> {
  const user = await context.em.findOne(User, { username });
  const fits = await verifyPassword(user?.passwordHash ?? null, password, await legacyCost(context.em));
  const isOff = (await context.em.count(AuthProvider, { kind: 'LOCAL', isEnabled: true })) === 0;
  if (!user || !fits || !user.isActive || isOff)
    throw new Denied('UNAUTHENTICATED', 'The username or the password is wrong', {
      action: 'login_failed',
      by: { id: null, name: username },
      ...(isOff && { why: 'Passwords of Signalbox are disabled', details: { provider: 'local', reason: 'the provider is disabled' } }),
    });
  await admitUser(context, user, totpCode);
  await attempt.succeeded(context.em);
  await upgradePassword(context, user, password);
  const opened = await openSession(context, keys, user, options);
  context.record('login_success', opened.session, { by: { id: user.id, name: user.username } });
  return opened;
}
