import { LockMode, ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { Settings } from '#core/settings/settings.js';
import { newApiToken } from './api-token-text.js';
import { ApiToken } from './api-token.entity.js';
import { apiTokenDays } from './api-token.settings.js';
import { isPlain } from '../users/check-user.js';
import { findPermissions } from '../roles/find-permissions.js';
import { findSelf } from '../users/find-self.js';
import { mayGive } from '../roles/may-give.js';
import { requireProof } from '../sessions/require-proof.js';

/** What a new API token is for, what it is limited to, and until when it is good. */
export interface NewApiToken {
  name: string;
  scopes: readonly string[];
  expiresAt: Date;
}

const dayMs = 86_400_000;

/** Makes an API token of the caller, limited to permissions that the caller holds; its text is told this once. */
export async function createApiToken(
  context: WriteContext,
  { name, scopes, expiresAt }: NewApiToken,
): Promise<{ apiToken: ApiToken; token: string }> {
  const { em, now, services } = context;
  const problems = new Problems();
  if (!isPlain(name, 100)) problems.add('name has 1 to 100 characters, no control characters and no blanks around them', 'input.name');
  const mostDays = services.get(Settings).value(apiTokenDays);
  const lastsMs = expiresAt.getTime() - now.getTime();
  if (lastsMs <= 0 || lastsMs > mostDays * dayMs)
    problems.add(`expiresAt must be in the future, at most ${mostDays} days away`, 'input.expiresAt');
  await findPermissions(em, scopes, 'input.scopes', problems);
  problems.throwIfAny();

  // Locked, so that whoever takes the user's access away at this instant finds the token, or is found to have done so.
  const owner = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  // A session that was left open must not become one that lasts for a year.
  await requireProof(context);
  mayGive(context.actor, scopes);
  const { token, prefix } = newApiToken();
  const apiToken = Object.assign(new ApiToken(), {
    id: newId(declarationOf(ApiToken).type),
    owner: ref(owner),
    name,
    scopes: [...new Set(scopes)].sort(),
    prefix,
    tokenHash: hashToken(token),
    expiresAt,
  });
  em.persist(apiToken);
  context.record('identity.apiToken.created', apiToken, { severity: 'MEDIUM' });
  return { apiToken, token };
}
