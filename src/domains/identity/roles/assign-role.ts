import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { addRole } from './add-role.js';
import { findRoles } from './find-roles.js';
import { findUser } from '../users/find-user.js';
import { lockRights } from './lock-rights.js';
import { mayGiveRoles } from './may-give.js';
import { requireProof } from '../sessions/require-proof.js';
import { RoleAssignment } from './role-assignment.entity.js';

/** A user and the slug of a role. */
export interface RoleOfUser {
  userId: string;
  role: string;
}

/** Gives a user a role that holds nothing that the actor does not hold. */
export async function assignRole(context: WriteContext, { userId, role: slug }: RoleOfUser): Promise<RoleAssignment> {
  const { em } = context;
  await requireProof(context);
  const actor = await lockRights(context, 'role:assign');
  const user = await findUser(context, actor, userId);
  const problems = new Problems();
  const [role] = await findRoles(em, [slug], 'input.role', problems);
  problems.throwIfAny();
  await mayGiveRoles(em, actor, [role!]);
  if ((await em.count(RoleAssignment, { user, role: role! })) > 0)
    throw new AppError('CONFLICT', `${user.username} has the role ${slug} already`, { paths: ['input.role'] });
  context.touch(rightsStream);
  return addRole(context, user, role!);
}
