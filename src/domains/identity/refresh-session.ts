import { timingSafeEqual } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { signAccessToken } from './access-token.js';
import { rightsStream } from '#core/policy/actor.js';
import { newRefreshToken, type OpenedSession } from './open-session.js';
import { Session } from './session.entity.js';
import type { SigningKeys } from './signing-keys.js';
import type { User } from './user.entity.js';

/** Trades a refresh token for new tokens. A token that was used before ends its whole session: somebody has a copy. */
export async function refreshSession(
  context: WriteContext,
  keys: SigningKeys,
  refreshToken: string,
): Promise<Omit<OpenedSession, 'cookie'>> {
  const [id = '', secret = '', tag = ''] = refreshToken.split('.');
  // A token that we never made is no reused one: whoever knows the id of a session cannot end it.
  const session =
    isUuid(id) && isSame(tag, keys.tag(`${id}.${secret}`))
      ? await context.em.findOne(Session, { id }, { populate: ['user'], lockMode: LockMode.PESSIMISTIC_WRITE, lockTableAliases: ['s0'] })
      : null;
  if (!session) throw new AppError('UNAUTHENTICATED', 'The refresh token is not valid: sign in again');
  const user = session.user.getEntity() as User;
  if (!session.isActive || !user.isActive) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  if (!isSame(session.refreshTokenHash, hashToken(secret))) {
    throw new Denied('UNAUTHENTICATED', 'The refresh token was used before, so the session is over: sign in again', {
      action: 'refresh_token_reused',
      by: { id: user.id, name: user.username },
      consequence: async ({ em, now, touch }) => {
        (await em.findOneOrFail(Session, { id })).revokedAt = now;
        touch(rightsStream);
      },
    });
  }
  const fresh = newRefreshToken(keys, session);
  session.lastActivityAt = context.now;
  const { token, expiresAt } = await signAccessToken(
    keys,
    { userId: user.id, sessionId: session.id, passwordVersion: user.passwordVersion },
    context.now,
  );
  context.record('session_refreshed', session, { by: { id: user.id, name: user.username } });
  return { session, user, accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken: fresh };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
