import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { ApiToken } from './api-token.entity.js';

/** Ends all API tokens of a user that are not over yet. */
export async function endApiTokens({ em, now, record, touch }: WriteContext, userId: string): Promise<void> {
  const live = { owner: userId, revokedAt: null, expiresAt: { $gt: now } };
  for (const apiToken of await em.find(ApiToken, live, { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } })) {
    apiToken.revokedAt = now;
    record('identity.apiToken.revoked', apiToken);
  }
  touch(rightsStream);
}
