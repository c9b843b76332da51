import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, rightsStream } from '#core/policy/actor.js';
import { ApiToken } from './api-token.entity.js';

/** Ends an API token, keeping its row: one's own, or with token:manage anybody's. */
export async function revokeApiToken({ em, actor, now, record, touch }: WriteContext, id: string): Promise<ApiToken> {
  const apiToken = isUuid(id) ? await em.findOne(ApiToken, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!apiToken || (apiToken.owner.id !== actor.id && !can(actor, 'token:manage'))) throw notFound(`ApiToken ${id}`);
  if (apiToken.revokedAt) throw new AppError('PRECONDITION_FAILED', 'The token was revoked before');
  apiToken.revokedAt = now;
  record('identity.apiToken.revoked', apiToken, { severity: 'MEDIUM' });
  touch(rightsStream);
  return apiToken;
}
