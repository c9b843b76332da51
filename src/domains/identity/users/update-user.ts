import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { applyUserValues } from './apply-user-values.js';
import { checkUser, type GivenUserValues } from './check-user.js';
import { findUser } from './find-user.js';
import { keepAdministrator } from '../administrators/keep-administrator.js';
import { lockRights } from '../roles/lock-rights.js';
import { mayActAs } from '../roles/may-act-as.js';
import { requireProof } from '../sessions/require-proof.js';
import type { User } from './user.entity.js';

/** What to change of a user: what is left out stays. */
export interface UserChange extends GivenUserValues {
  id: string;
  expectedRevision: number;
}

/** Changes a user. */
export async function updateUser(context: WriteContext, { id, expectedRevision, ...values }: UserChange): Promise<User> {
  const problems = new Problems();
  checkUser(values, problems);
  problems.throwIfAny();

  const actor = await lockRights(context, 'user:update');
  const user = await findUser(context, actor, id);
  await context.em.lock(user, LockMode.OPTIMISTIC, expectedRevision);
  const { isSuperuser: wasSuperuser, isVerified: wasVerified, email } = user;
  applyUserValues(user, values);
  if (user.isSuperuser !== wasSuperuser && !actor.isSuperuser)
    throw new AppError('FORBIDDEN', 'Only a superuser makes and unmakes superusers');
  const hasNewAddress = user.email !== email || (user.isVerified && !wasVerified);
  if (user.isSuperuser !== wasSuperuser || hasNewAddress) await requireProof(context);
  // Whoever has the address can have the password set anew, and whoever has it at a provider may be linked.
  if (hasNewAddress && user.id !== actor.id) await mayActAs(context, actor, user);
  context.record('identity.user.updated', user, user.isSuperuser === wasSuperuser ? {} : { severity: 'HIGH' });
  if (wasSuperuser && !user.isSuperuser) await keepAdministrator(context);
  context.touch(rightsStream);
  return user;
}
