import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { Services } from '#core/feed/services.js';
import { Settings } from '#core/settings/settings.js';
import { registrationRole } from './account.settings.js';
import { Role } from '../roles/role.entity.js';

/**
 * The role that those get who register themselves, or null. One with a permission over users, rights, ways in, toolkits, settings or the
 * secrets of others, or that decides on tools or runs them, counts as none: else whoever may change the setting could make themselves an
 * administrator or an approver.
 */
export async function registrationRoleOf(em: EntityManager, services: Services): Promise<Role | null> {
  const slug = services.get(Settings).value(registrationRole);
  const role = slug === null ? null : await em.findOne(Role, { slug });
  if (!role) return null;
  const [powerful] = await executeSql(
    em,
    sql`select 1 from role_permissions rp join permissions p on p.id = rp.permission_id
      where rp.role_id = ${role.id} and (p.resource in ('user', 'role', 'session', 'audit', 'provider', 'token', 'toolkit',
          'approval', 'execution', 'network', 'module')
        or (p.resource = 'tool' and p.action <> 'read') or p.action = 'approve'
        or p.name in ('setting:write', 'secret:read', 'secret:manage', 'secret:reveal')) limit 1`,
  );
  return powerful ? null : role;
}
