import type { WriteContext } from '#core/feed/write.js';
import { endAccess } from '../sessions/end-access.js';
import { hashPassword } from '../passwords/password.js';
import { checkNotice, staleLink, useNotice } from './use-notice.js';
import type { User } from '../users/user.entity.js';

/** Sets a new password by a link, which shows that the address is the user's; every earlier session, token and link ends. */
export async function resetPassword(context: WriteContext, { token, newPassword }: { token: string; newPassword: string }): Promise<User> {
  await checkNotice(context, 'RESET_PASSWORD', token);
  const passwordHash = await hashPassword(newPassword, 'input.newPassword');
  const { notice, user } = await useNotice(context, 'RESET_PASSWORD', token);
  if (!user || user.email !== notice.recipient) throw staleLink();
  user.passwordHash = passwordHash;
  user.passwordVersion += 1;
  user.isVerified = true;
  user.hasProvenEmail = true;
  context.record('password_changed', user, { by: { id: user.id, name: user.username } });
  await context.em.flush();
  await endAccess(context, user);
  return user;
}
