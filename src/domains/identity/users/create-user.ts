import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { addRole } from '../roles/add-role.js';
import { applyUserValues } from './apply-user-values.js';
import { checkUser, type GivenUserValues } from './check-user.js';
import { findRoles } from '../roles/find-roles.js';
import { lockRights } from '../roles/lock-rights.js';
import { makeSignInLink, type MadeLink } from '../sessions/make-sign-in-link.js';
import { mayGiveRoles } from '../roles/may-give.js';
import { checkPassword, hashPassword } from '../passwords/password.js';
import { requireProof } from '../sessions/require-proof.js';
import { User } from './user.entity.js';

/** A user to be created: with a password, or without one and then with a link that signs in once. */
export interface NewUser extends GivenUserValues {
  username: string;
  password?: string | null;
  /** Slugs. */
  roles?: readonly string[];
}

/** Creates a user; without a password, also a link that signs the user in once. */
export async function createUser(
  context: WriteContext,
  { password = null, roles: slugs = [], ...values }: NewUser,
): Promise<{ user: User; link: MadeLink | null }> {
  const { em } = context;
  const problems = new Problems();
  checkUser(values, problems);
  checkPassword(password, problems);
  const roles = await findRoles(em, slugs, 'input.roles', problems);
  problems.throwIfAny();
  // Before others are made to wait.
  const passwordHash = password === null ? null : await hashPassword(password, 'input.password');

  if (values.isSuperuser || values.isVerified || slugs.length > 0) await requireProof(context);
  const actor = await lockRights(context, 'user:create');
  if (values.isSuperuser && !actor.isSuperuser) throw new AppError('FORBIDDEN', 'Only a superuser makes superusers');
  if (roles.length > 0) authorize(actor, 'role:assign');
  await mayGiveRoles(em, actor, roles);

  const user = Object.assign(new User(), { id: newId(declarationOf(User).type), passwordHash });
  applyUserValues(user, values);
  user.createdBy = actor.id === null ? null : ref(em.getReference(User, actor.id));
  user.createdByName = actor.id === null ? null : actor.name;
  em.persist(user);
  context.record('identity.user.created', user, user.isSuperuser ? { severity: 'HIGH' } : {});
  for (const role of roles) addRole(context, user, role);
  return { user, link: password === null ? makeSignInLink(context, user) : null };
}
