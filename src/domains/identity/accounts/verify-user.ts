import type { WriteContext } from '#core/feed/write.js';
import { staleLink, useNotice } from './use-notice.js';
import type { User } from '../users/user.entity.js';

/** Confirms the address of a user by the link that was sent there. */
export async function verifyUser(context: WriteContext, token: string): Promise<User> {
  const { notice, user } = await useNotice(context, 'VERIFY_EMAIL', token);
  if (!user || user.email !== notice.recipient) throw staleLink();
  user.isVerified = true;
  user.hasProvenEmail = true;
  user.mustVerify = false;
  context.record('identity.user.verified', user, { by: { id: user.id, name: user.username } });
  return user;
}
