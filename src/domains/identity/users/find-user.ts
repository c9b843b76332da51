import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, type Actor } from '#core/policy/actor.js';
import { User } from './user.entity.js';

/** Finds a user whom the actor may change, and locks the row; only superusers change superusers. */
export async function findUser({ em }: WriteContext, actor: Actor, id: string): Promise<User> {
  const user = isUuid(id) ? await em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!user || (user.id !== actor.id && !can(actor, 'user:read'))) throw notFound(`User ${id}`);
  if (user.isSuperuser && !actor.isSuperuser) throw new AppError('FORBIDDEN', 'Only a superuser may change a superuser');
  return user;
}
