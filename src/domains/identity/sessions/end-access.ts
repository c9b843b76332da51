import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { AccountNotice } from '../accounts/account-notice.entity.js';
import { endApiTokens } from '../tokens/end-api-tokens.js';
import { endSessionsOf } from './end-sessions.js';
import { SignInLink } from './sign-in-link.entity.js';
import type { User } from '../users/user.entity.js';

/** Ends every way in that a user was given: sessions with their tokens, API tokens, and links that were not used yet. The user's row is locked. */
export async function endAccess(context: WriteContext, user: User): Promise<void> {
  await endSessionsOf(context, user.id);
  await endApiTokens(context, user.id);
  await context.em.nativeUpdate(SignInLink, { user: user.id, usedAt: null, expiresAt: { $gt: context.now } }, { expiresAt: context.now });
  await context.em.nativeUpdate(
    AccountNotice,
    { user: user.id, kind: 'RESET_PASSWORD', usedAt: null },
    { expiresAt: context.now, nextAttemptAt: null },
  );
  context.touch(rightsStream);
}
