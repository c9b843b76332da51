import type { WriteContext } from '#core/feed/write.js';
import { hasAdministrator } from './has-administrator.js';
import { makeSignInLink } from '../sessions/make-sign-in-link.js';
import { User } from '../users/user.entity.js';

/** A link token for the first administrator, or null when an active superuser can sign in without one or there is none. */
export async function linkForAdministrator(context: WriteContext): Promise<string | null> {
  if (await hasAdministrator(context.em, { countsLinks: false })) return null;
  const user = await context.em.findOne(User, { isSuperuser: true, isActive: true }, { orderBy: { createdAt: 'asc' } });
  return user && makeSignInLink(context, user).token;
}
