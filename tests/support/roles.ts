import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Permission } from '#domains/identity/roles/permission.entity.js';
import { RolePermission } from '#domains/identity/roles/role-permission.entity.js';
import { Role } from '#domains/identity/roles/role.entity.js';
import { seededRoles } from '#domains/identity/roles/roles.js';
import type { TestApp } from './app.js';

/** A role with exactly these permissions, for users that a seeded role would give too much. */
export async function aRole({ system }: TestApp, slug: string, permissions: readonly string[]): Promise<Role> {
  const em = system.database.fork();
  const role = Object.assign(new Role(), { id: newId(declarationOf(Role).type), slug, name: slug });
  em.persist(role);
  for (const permission of await em.find(Permission, { name: { $in: [...permissions] } }))
    em.persist(
      Object.assign(new RolePermission(), { id: newId(declarationOf(RolePermission).type), role: ref(role), permission: ref(permission) }),
    );
  await em.flush();
  return role;
}

/** The permissions that a role holds which every installation has, and others beside them, in alphabetical order. */
export const permissionsOf = (slug: string, ...others: string[]): string[] =>
  [...new Set([...seededRoles[slug]!.permissions, ...others])].sort();
