import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { openSession, type OpenedSession } from './open-session.js';
import { SignInLink } from './sign-in-link.entity.js';
import type { SigningKeys } from './signing-keys.js';
import { User } from './user.entity.js';

const linkMs = 24 * 3_600_000;

// It works once, within a day.
function makeSignInLink(context: WriteContext, user: User): string {
  const token = newToken();
  const link = new SignInLink();
  link.id = newId(declarationOf(SignInLink).type);
  link.user = ref(user);
  link.tokenHash = hashToken(token);
  link.expiresAt = new Date(context.now.getTime() + linkMs);
  context.em.persist(link);
  context.record('identity.sign_in_link.made', user);
  return token;
}

/** A link token for the first administrator, or null when no active superuser is without a password. */
export async function linkForAdministrator(context: WriteContext): Promise<string | null> {
  const user = await context.em.findOne(User, { isSuperuser: true, isActive: true, passwordHash: null }, { orderBy: { createdAt: 'asc' } });
  return user && makeSignInLink(context, user);
}

/** Uses up a link and begins a session with a cookie; of two uses at once one succeeds. */
export async function signInByLink(context: WriteContext, keys: SigningKeys, token: string): Promise<OpenedSession> {
  // Only the row's own columns in the condition: it is looked at again after waiting for another use to commit.
  const unused = { tokenHash: hashToken(token), usedAt: null, expiresAt: { $gt: context.now } };
  const used = await context.em.nativeUpdate(SignInLink, unused, { usedAt: context.now });
  const link = await context.em.findOne(SignInLink, { tokenHash: hashToken(token), user: { isActive: true } }, { populate: ['user'] });
  if (used !== 1 || !link)
    throw new Denied(
      'UNAUTHENTICATED',
      'The link was used before or is too old: start the server again for a new one, or sign in with a password',
      { action: 'login_failed', by: { id: null, name: 'sign-in link' } },
    );
  const user = link.user.getEntity() as User;
  const opened = await openSession(context, keys, user, { withCookie: true, clientInfo: 'sign-in link' });
  context.record('login_success', opened.session, { by: { id: user.id, name: user.username } });
  return opened;
}
