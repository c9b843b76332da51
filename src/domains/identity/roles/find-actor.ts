import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { Services } from '#core/feed/services.js';
import type { Actor } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { hasTotp, heldPermissions, heldRoles } from './held-permissions.js';
import { rightsOf, type RightsRow } from './rights-of.js';

/** What a user may do now, or null when there is no such user or the user is deactivated. */
export async function findActor(em: EntityManager, userId: string, services: Services): Promise<Actor | null> {
  const [row] = await executeSql<RightsRow & { username: string }>(
    em,
    sql`
    select u.username, u.is_superuser, ${hasTotp} as has_totp, ${heldRoles} as roles, array(select distinct p.name from ${heldPermissions} where a.user_id = u.id) as permissions
    from users u where u.id = ${userId}::uuid and u.is_active`,
  );
  if (!row) return null;
  return {
    kind: 'user',
    id: userId,
    name: row.username,
    ...rightsOf(row, services.get(Settings)),
    sessionId: null,
  };
}
