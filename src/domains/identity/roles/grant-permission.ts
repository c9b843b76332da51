import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { findPermissionOfRole, type PermissionOfRole } from './find-permission-of-role.js';
import { holdPermissions } from './hold-permissions.js';
import type { Role } from './role.entity.js';

/** Adds one permission to a role, whatever else is done to the role at the same time. */
export async function grantPermission(context: WriteContext, input: PermissionOfRole): Promise<Role> {
  const { actor, role, permission } = await findPermissionOfRole(context, input);
  const changed = await holdPermissions(context, actor, role, { add: [permission], isRemoved: () => false });
  if (changed === 0) throw new AppError('CONFLICT', `The role holds ${permission.name} already`, { paths: ['input.permission'] });
  return role;
}
