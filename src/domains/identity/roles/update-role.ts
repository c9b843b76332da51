import { LockMode } from '@mikro-orm/core';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkRole } from './check-role.js';
import { findPermissions } from './find-permissions.js';
import { findRole } from './find-role.js';
import { holdPermissions } from './hold-permissions.js';
import { lockRights } from './lock-rights.js';
import type { Role } from './role.entity.js';

/** What to change of a role: what is left out stays; `permissions` are all that it holds from now on. */
export interface RoleChange {
  id: string;
  expectedRevision: number;
  name?: string | null;
  description?: string | null;
  permissions?: readonly string[] | null;
}

/** Changes a role and what it holds; nothing is added that the actor does not hold. */
export async function updateRole(
  context: WriteContext,
  { id, expectedRevision, name, description, permissions: names }: RoleChange,
): Promise<Role> {
  const problems = new Problems();
  checkRole({ ...(name != null && { name }), description: description ?? null }, problems);
  const permissions = names && (await findPermissions(context.em, names, 'input.permissions', problems));
  problems.throwIfAny();

  const actor = await lockRights(context, 'role:manage');
  const role = await findRole(context, id);
  await context.em.lock(role, LockMode.OPTIMISTIC, expectedRevision);
  role.name = name ?? role.name;
  if (description !== undefined) role.description = description;
  context.record('identity.role.updated', role);
  if (permissions) {
    const kept = new Set(permissions.map((permission) => permission.id));
    await holdPermissions(context, actor, role, { add: permissions, isRemoved: (permission) => !kept.has(permission) });
  }
  return role;
}
