import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';

/** Whether an active superuser can sign in, besides `except`: by a password, by a provider that is enabled or, when links count, by a link that is still good. */
export async function hasAdministrator(
  em: EntityManager,
  { countsLinks, except = null }: { countsLinks: boolean; except?: string | null },
): Promise<boolean> {
  const byLink = sql`or exists (select 1 from sign_in_links l where l.user_id = u.id and l.used_at is null and l.expires_at > clock_timestamp())`;
  const found = await executeSql(
    em,
    sql`
    select 1 from users u where u.is_superuser and u.is_active and u.id is distinct from ${except}::uuid and (
      u.password_hash is not null and exists (select 1 from auth_providers p where p.kind = 'LOCAL' and p.is_enabled)
      or exists (select 1 from sso_identities i join auth_providers p on p.id = i.provider_id where i.user_id = u.id and p.is_enabled)
      ${countsLinks ? byLink : sql.empty}) limit 1`,
  );
  return found.length > 0;
}
