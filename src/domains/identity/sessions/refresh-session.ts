import { timingSafeEqual } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { Settings } from '#core/settings/settings.js';
import { signAccessToken } from './access-token.js';
import { rightsStream } from '#core/policy/actor.js';
import { limitAttempts } from '../attempts/limit-attempts.js';
import { newRefreshToken, type OpenedSession } from './open-session.js';
import { isWithinLimits } from './session-limits.js';
import { Session } from './session.entity.js';
import type { SigningKeys } from './signing-keys.js';
import type { User } from '../users/user.entity.js';

const graceMs = 10_000;

/**
 * Trades a refresh token for new tokens. A token that was used before ends its whole session: somebody has a copy. Only the one right
 * before, whose successor nobody has used, counts for ten seconds more, because answers get lost.
 */
export async function refreshSession(
  context: WriteContext,
  keys: SigningKeys,
  refreshToken: string,
): Promise<Omit<OpenedSession, 'cookie'>> {
  const [id = '', secret = '', tag = ''] = refreshToken.split('.');
  // A token that we never made is no reused one: whoever knows the id of a session cannot end it.
  const session =
    isUuid(id) && keys.isTagOf(`${id}.${secret}`, tag)
      ? await context.em.findOne(Session, { id }, { populate: ['user'], lockMode: LockMode.PESSIMISTIC_WRITE, lockTableAliases: ['s0'] })
      : null;
  if (!session) return refuse(context, 'The refresh token is not valid: sign in again');
  const user = session.user.getEntity() as User;
  const isOver = session.revokedAt !== null || session.isExpired || !isWithinLimits(session, context.services.get(Settings), context.now);
  if (isOver || !user.isActive) return refuse(context, 'The session is over: sign in again');
  const given = hashToken(secret);
  const isPresent = isSame(session.refreshTokenHash, given);
  if (!isPresent && !isLost(session, given, context.now)) {
    throw new Denied('UNAUTHENTICATED', 'The refresh token was used before, so the session is over: sign in again', {
      action: 'refresh_token_reused',
      severity: 'HIGH',
      by: { id: user.id, name: user.username },
      consequence: async ({ em, now, touch }) => {
        (await em.findOneOrFail(Session, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })).revokedAt = now;
        touch(rightsStream);
      },
    });
  }
  if (isPresent) Object.assign(session, { previousTokenHash: given, tokenRotatedAt: context.now });
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

// Only what fails is counted: of thousands of people behind one address each renews the own session every few minutes.
async function refuse(context: WriteContext, message: string): Promise<never> {
  await limitAttempts(context, 'refresh', null);
  throw new AppError('UNAUTHENTICATED', message);
}

// The answer with the successor did not arrive, so the client comes again: nobody has used the successor, or another token would be the
// one before. From now on the lost successor counts as used.
function isLost({ previousTokenHash, tokenRotatedAt }: Session, given: string, now: Date): boolean {
  const isBefore = previousTokenHash !== null && isSame(previousTokenHash, given);
  return isBefore && tokenRotatedAt !== null && now.getTime() - tokenRotatedAt.getTime() < graceMs;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
