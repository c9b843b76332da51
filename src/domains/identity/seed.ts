import type { EntityManager } from '@mikro-orm/postgresql';
import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashPassword, verifyPassword } from './passwords/password.js';
import { Permission } from './roles/permission.entity.js';
import { RoleAssignment } from './roles/role-assignment.entity.js';
import { RolePermission } from './roles/role-permission.entity.js';
import { Role } from './roles/role.entity.js';
import { permissions, seededRoles } from './roles/roles.js';
import { User } from './users/user.entity.js';

const make = <T extends { id: string }>(entity: new () => T, values: Partial<T>): T =>
  Object.assign(new entity(), { id: newId(declarationOf(entity).type), ...values });

/** Adds the permissions and roles that are missing; a permission that is new is also given to the seeded roles that list it. */
export async function seedRoles({ em }: WriteContext): Promise<void> {
  const known = new Map((await em.find(Permission, {})).map((permission) => [permission.name, permission]));
  const fresh = Object.entries(permissions)
    .filter(([name]) => !known.has(name))
    .map(([name, description]) => {
      const [resource, action] = name.split(':') as [string, string];
      return make(Permission, { name, description, resource, action });
    });
  const roles = new Map((await em.find(Role, {})).map((role) => [role.slug, role]));
  for (const [slug, { name, description, permissions: held }] of Object.entries(seededRoles)) {
    const role = roles.get(slug) ?? make(Role, { slug, name, description });
    const added = roles.has(slug) ? fresh : [...known.values(), ...fresh];
    em.persist([
      role,
      ...added
        .filter((permission) => held.includes(permission.name))
        .map((permission) => make(RolePermission, { role: ref(role), permission: ref(permission) })),
    ]);
  }
  em.persist(fresh);
}

/** Makes the first administrator when there is no user yet; later it warns of a password that is not taken. */
export async function seedAdministrator({ em, record, log }: WriteContext, username: string, password: string | undefined): Promise<void> {
  if ((await em.count(User)) > 0) {
    if (password && !(await isPasswordOf(em, username, password)))
      log.warn({ username }, 'ADMIN_PASSWORD is not taken, because there are users already: change passwords with changePassword');
    return;
  }
  const user = make(User, {
    username,
    isSuperuser: true,
    isVerified: true,
    passwordHash: password ? await hashPassword(password, 'ADMIN_PASSWORD') : null,
  });
  const role = await em.findOneOrFail(Role, { slug: 'admin' });
  em.persist([user, make(RoleAssignment, { user: ref(user), role: ref(role) })]);
  record('identity.user.created', user, { severity: 'HIGH' });
}

async function isPasswordOf(em: EntityManager, username: string, password: string): Promise<boolean> {
  const user = await em.findOne(User, { username });
  return verifyPassword(user?.passwordHash ?? null, password);
}
