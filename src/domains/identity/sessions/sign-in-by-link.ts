import { LockMode } from '@mikro-orm/core';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { limitAttempts } from '../attempts/limit-attempts.js';
import { openSession, type OpenedSession } from './open-session.js';
import { SignInLink } from './sign-in-link.entity.js';
import type { SigningKeys } from './signing-keys.js';
import { User } from '../users/user.entity.js';

/** Uses up a link and begins a session with a cookie; of two uses at once one succeeds. */
export async function signInByLink(context: WriteContext, keys: SigningKeys, token: string): Promise<OpenedSession> {
  const { em, now } = context;
  const attempt = await limitAttempts(context, 'login', null);
  const link = await em.findOne(SignInLink, { tokenHash: hashToken(token) });
  // The user before the link, as whoever ends the links of a user locks them.
  const who = link && { id: link.user.id, isActive: true };
  const user = who && (await em.findOne(User, who, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  // Only the row's own columns in the condition: it is looked at again after waiting for another use to commit.
  const unused = { tokenHash: hashToken(token), usedAt: null, expiresAt: { $gt: now } };
  const used = user ? await em.nativeUpdate(SignInLink, unused, { usedAt: now }) : 0;
  if (!user || used !== 1)
    throw new Denied(
      'UNAUTHENTICATED',
      'The link was used before or is too old: sign in with a password, or ask an administrator for a new link. Where no administrator has a password, the next start of the server prints one',
      { action: 'login_failed', by: { id: null, name: 'sign-in link' } },
    );
  await attempt.succeeded(em);
  const opened = await openSession(context, keys, user, { withCookie: true, clientInfo: 'sign-in link' });
  context.record('login_success', opened.session, { by: { id: user.id, name: user.username } });
  return opened;
}
