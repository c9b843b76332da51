import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { findPermissions } from './find-permissions.js';
import { findRole } from './find-role.js';
import { lockRights } from './lock-rights.js';
import type { Permission } from './permission.entity.js';
import type { Role } from './role.entity.js';

/** A role and the name of a permission. */
export interface PermissionOfRole {
  roleId: string;
  permission: string;
}

/** Finds a role to change and a permission, with the actor who may do that. */
export async function findPermissionOfRole(
  context: WriteContext,
  { roleId, permission: name }: PermissionOfRole,
): Promise<{ actor: Actor; role: Role; permission: Permission }> {
  const problems = new Problems();
  const [permission] = await findPermissions(context.em, [name], 'input.permission', problems);
  problems.throwIfAny();
  const actor = await lockRights(context, 'role:manage');
  return { actor, role: await findRole(context, roleId), permission: permission! };
}
