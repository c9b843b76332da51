import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { findPermissionOfRole, type PermissionOfRole } from './find-permission-of-role.js';
import { holdPermissions } from './hold-permissions.js';
import type { Role } from './role.entity.js';

/** Takes one permission away from a role, whatever else is done to the role at the same time. */
export async function revokePermission(context: WriteContext, input: PermissionOfRole): Promise<Role> {
  const { actor, role, permission } = await findPermissionOfRole(context, input);
  const changed = await holdPermissions(context, actor, role, { add: [], isRemoved: (id) => id === permission.id });
  if (changed === 0) throw new AppError('PRECONDITION_FAILED', `The role does not hold ${permission.name}`);
  return role;
}
