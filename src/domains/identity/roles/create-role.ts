import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkRole, type RoleValues } from './check-role.js';
import { findPermissions } from './find-permissions.js';
import { holdPermissions } from './hold-permissions.js';
import { lockRights } from './lock-rights.js';
import { Role } from './role.entity.js';

/** A role to be created, with the names of the permissions that it holds. */
export interface NewRole extends Partial<RoleValues> {
  slug: string;
  name: string;
  permissions?: readonly string[];
}

/** Creates a role that holds nothing that the actor does not hold. */
export async function createRole(context: WriteContext, { permissions: names = [], ...values }: NewRole): Promise<Role> {
  const problems = new Problems();
  checkRole(values, problems);
  const permissions = await findPermissions(context.em, names, 'input.permissions', problems);
  problems.throwIfAny();

  const actor = await lockRights(context, 'role:manage');
  const role = Object.assign(new Role(), values, { id: newId(declarationOf(Role).type) });
  context.em.persist(role);
  context.record('identity.role.created', role);
  await holdPermissions(context, actor, role, { add: permissions, isRemoved: () => false });
  return role;
}
