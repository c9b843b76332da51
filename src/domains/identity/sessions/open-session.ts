import { ref } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { Settings } from '#core/settings/settings.js';
import { signAccessToken } from './access-token.js';
import { sessionMs } from './session-limits.js';
import { Session } from './session.entity.js';
import type { SigningKeys } from './signing-keys.js';
import type { User } from '../users/user.entity.js';

/** What a new session gives its client; only hashes of the refresh token and the cookie are stored. */
export interface OpenedSession {
  session: Session;
  user: User;
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string;
  /** Value of the browser's cookie; null when none was asked for. */
  cookie: string | null;
}

/** Begins a session of a user, within the caller's transaction. */
export async function openSession(
  context: WriteContext,
  keys: SigningKeys,
  user: User,
  options: { withCookie: boolean; clientInfo?: string | null },
): Promise<OpenedSession> {
  const session = new Session();
  session.id = newId(declarationOf(Session).type);
  session.user = ref(user);
  const refreshToken = newRefreshToken(keys, session);
  const cookie = options.withCookie ? newToken() : null;
  session.cookieHash = cookie && hashToken(cookie);
  session.clientInfo = options.clientInfo ?? null;
  session.ipAddress = context.sourceIp;
  session.userAgent = context.userAgent;
  session.createdAt = context.now;
  session.lastActivityAt = context.now;
  session.expiresAt = new Date(context.now.getTime() + sessionMs(context.services.get(Settings)));
  context.em.persist(session);
  // Not through the entity: sign-ins at the same instant are no conflict, and none makes an edit of the user stale.
  // What was checked must still hold: a password that was reset meanwhile opens nothing.
  const [signedIn] = await executeSql(
    context.em,
    sql`
    update users set last_login_at = ${context.now}
    where id = ${user.id} and is_active and password_version = ${user.passwordVersion} returning id`,
  );
  if (!signedIn) throw new AppError('UNAUTHENTICATED', 'The account was changed at the same instant: sign in again');
  const { token, expiresAt } = await signAccessToken(
    keys,
    { userId: user.id, sessionId: session.id, passwordVersion: user.passwordVersion },
    context.now,
  );
  return { session, user, accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken, cookie };
}

/** Gives a session a new refresh token, which makes the earlier one a reused one. The token names its session and shows that we made it. */
export function newRefreshToken(keys: SigningKeys, session: Session): string {
  const secret = newToken();
  session.refreshTokenHash = hashToken(secret);
  return `${session.id}.${secret}.${keys.tag(`${session.id}.${secret}`)}`;
}
