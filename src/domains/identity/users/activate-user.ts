import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { endAccess } from '../sessions/end-access.js';
import { findUser } from './find-user.js';
import { lockRights } from '../roles/lock-rights.js';
import type { User } from './user.entity.js';

/** Lets a deactivated user sign in again, by the password of before; no session of before comes back. */
export async function activateUser(context: WriteContext, id: string): Promise<User> {
  const user = await findUser(context, await lockRights(context, 'user:update'), id);
  if (user.isActive) throw new AppError('PRECONDITION_FAILED', 'The user is active already');
  // Rows from before, such as those that were brought in from elsewhere, may say that a session still lasts.
  await endAccess(context, user);
  user.isActive = true;
  context.record('identity.user.activated', user);
  return user;
}
