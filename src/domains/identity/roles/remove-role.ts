import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import type { RoleOfUser } from './assign-role.js';
import { findRoles } from './find-roles.js';
import { findUser } from '../users/find-user.js';
import { lockRights } from './lock-rights.js';
import { RoleAssignment } from './role-assignment.entity.js';
import type { User } from '../users/user.entity.js';

/** Takes a role away from a user. */
export async function removeRole(context: WriteContext, { userId, role: slug }: RoleOfUser): Promise<User> {
  const { em } = context;
  const user = await findUser(context, await lockRights(context, 'role:assign'), userId);
  const problems = new Problems();
  const [role] = await findRoles(em, [slug], 'input.role', problems);
  problems.throwIfAny();
  const assignment = await em.findOne(RoleAssignment, { user, role: role! });
  if (!assignment) throw new AppError('PRECONDITION_FAILED', `${user.username} does not have the role ${slug}`);
  em.remove(assignment);
  context.record('identity.roleAssignment.deleted', assignment, { severity: 'MEDIUM' });
  context.touch(rightsStream);
  return user;
}
