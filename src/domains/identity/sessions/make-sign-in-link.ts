import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { SignInLink } from './sign-in-link.entity.js';
import type { User } from '../users/user.entity.js';

const linkMs = 24 * 3_600_000;

/** A link that was made: its path at the address of the server, which is known only now, and until when it is good. */
export interface MadeLink {
  token: string;
  path: string;
  expiresAt: Date;
}

/** Makes a link that signs the user in once, within a day; only a hash of its token is stored. */
export function makeSignInLink(context: WriteContext, user: User): MadeLink {
  const token = newToken();
  const link = new SignInLink();
  link.id = newId(declarationOf(SignInLink).type);
  link.user = ref(user);
  link.tokenHash = hashToken(token);
  link.expiresAt = new Date(context.now.getTime() + linkMs);
  context.em.persist(link);
  context.record('identity.sign_in_link.made', user);
  return { token, path: `/sign-in?token=${token}`, expiresAt: link.expiresAt };
}
