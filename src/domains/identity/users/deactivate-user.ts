import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { endAccess } from '../sessions/end-access.js';
import { findUser } from './find-user.js';
import { keepAdministrator } from '../administrators/keep-administrator.js';
import { lockRights } from '../roles/lock-rights.js';
import type { User } from './user.entity.js';

/** Takes a user's access away, at once and until somebody activates the account again. */
export async function deactivateUser(context: WriteContext, id: string): Promise<User> {
  const user = await findUser(context, await lockRights(context, 'user:update'), id);
  if (!user.isActive) throw new AppError('PRECONDITION_FAILED', 'The user is deactivated already');
  user.isActive = false;
  context.record('identity.user.deactivated', user, { severity: 'MEDIUM' });
  if (user.isSuperuser) await keepAdministrator(context);
  await endAccess(context, user);
  return user;
}
