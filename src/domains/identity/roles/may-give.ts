import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { can, type Actor } from '#core/policy/actor.js';
import type { Role } from './role.entity.js';

/** Refuses to hand out permissions that the actor does not hold. */
export function mayGive(actor: Actor, permissions: readonly string[]): void {
  const missing = permissions.filter((permission) => !can(actor, permission)).sort();
  if (missing.length > 0) throw new AppError('FORBIDDEN', `Nobody gives what they do not hold themselves: ${missing.join(', ')}`);
}

/** Refuses to hand out roles with permissions that the actor does not hold. */
export async function mayGiveRoles(em: EntityManager, actor: Actor, roles: readonly Role[]): Promise<void> {
  if (roles.length === 0 || actor.isSuperuser) return;
  const ids = roles.map(({ id }) => id);
  const held = await executeSql<{ name: string }>(
    em,
    sql`
    select distinct p.name from role_permissions rp join permissions p on p.id = rp.permission_id where rp.role_id = any(${ids}::uuid[])`,
  );
  mayGive(
    actor,
    held.map(({ name }) => name),
  );
}
