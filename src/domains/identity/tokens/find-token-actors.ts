import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import type { Actor } from '#core/policy/actor.js';
import type { Settings } from '#core/settings/settings.js';
import { hasTotp, heldPermissions, heldRoles } from '../roles/held-permissions.js';
import { narrowToToken } from './narrow-to-token.js';
import { rightsOf, type RightsRow } from '../roles/rights-of.js';

interface TokenRow extends RightsRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  expires_at: string | Date;
  user_id: string;
  username: string;
}

/** The actors that programs are with those API tokens `t` for which the condition holds, as long as the token and its owner are active. */
export async function findTokenActors(em: EntityManager, condition: Sql, settings: Settings): Promise<Actor[]> {
  const rows = await executeSql<TokenRow>(
    em,
    sql`
    select t.id, t.name, t.prefix, t.scopes, t.expires_at, u.id as user_id, u.username, u.is_superuser, ${hasTotp} as has_totp, ${heldRoles} as roles,
      array(select distinct p.name from ${heldPermissions} where a.user_id = u.id) as permissions
    from api_tokens t join users u on u.id = t.owner_id
    where ${condition} and t.revoked_at is null and t.expires_at > now() and u.is_active`,
  );
  return rows.map(({ id, name, prefix, scopes, expires_at, user_id, username, ...rights }) =>
    narrowToToken(
      { kind: 'user', id: user_id, name: username, ...rightsOf(rights, settings), roles: [], sessionId: null },
      { id, name, prefix, scopes, expiresAt: new Date(expires_at) },
    ),
  );
}
