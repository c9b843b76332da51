import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { endTotp } from './end-totp.js';
import { findUser } from '../users/find-user.js';
import { lockRights } from '../roles/lock-rights.js';
import { mayActAs } from '../roles/may-act-as.js';
import { requireProof } from '../sessions/require-proof.js';
import type { User } from '../users/user.entity.js';

/** Ends the second factor of another user, who has lost the app and the recovery codes. */
export async function resetUserTotp(context: WriteContext, id: string): Promise<User> {
  await requireProof(context);
  const actor = await lockRights(context, 'user:update');
  const user = await findUser(context, actor, id);
  if (user.id === actor.id) throw new AppError('PRECONDITION_FAILED', 'End your own second factor with disableTotp');
  await mayActAs(context, actor, user);
  if (!(await endTotp(context, user))) throw new AppError('PRECONDITION_FAILED', `${user.username} has no second factor`);
  return user;
}
