import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { User } from './user.entity.js';

/** Finds the caller to change their own account; whoever was deactivated or deleted at this instant is not signed in any more. */
export async function findSelf({ em, actor }: WriteContext, lockMode: LockMode = LockMode.NONE): Promise<User> {
  const user = actor.id === null ? null : await em.findOne(User, { id: actor.id, isActive: true }, { lockMode });
  if (!user) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  return user;
}
