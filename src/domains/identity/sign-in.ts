import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { openSession, type OpenedSession } from './open-session.js';
import { verifyPassword } from './password.js';
import type { SigningKeys } from './signing-keys.js';
import { User } from './user.entity.js';

/** Who signs in, and whether a browser wants a cookie. */
export interface SignIn {
  username: string;
  password: string;
  withCookie: boolean;
  clientInfo?: string | null;
}

/** Signs a user in with a password. A wrong name, a wrong password and a deactivated account give the same answer. */
export async function signIn(context: WriteContext, keys: SigningKeys, { username, password, ...options }: SignIn): Promise<OpenedSession> {
  const user = await context.em.findOne(User, { username });
  const fits = await verifyPassword(user?.passwordHash ?? null, password);
  if (!user || !fits || !user.isActive)
    throw new Denied('UNAUTHENTICATED', 'The username or the password is wrong', {
      action: 'login_failed',
      by: { id: null, name: username },
    });
  const opened = await openSession(context, keys, user, options);
  context.record('login_success', opened.session, { by: { id: user.id, name: user.username } });
  return opened;
}
