import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { keepAdministrator } from '../administrators/keep-administrator.js';
import type { AuthProvider } from './auth-provider.entity.js';

const message =
  'No administrator could sign in any more: first let an active superuser sign in by another provider that is enabled; a password counts while LOCAL is';

/**
 * Disables or deletes a provider, and refuses that when no enabled one is left by which an active superuser can sign in; a link counts as
 * none, because it works once. What no superuser signs in by takes nothing away, also where nobody could sign in before.
 */
export async function keepProviderOfAdministrator(context: WriteContext, provider: AuthProvider, change: () => void): Promise<void> {
  const isOfAdministrators =
    provider.kind === 'LOCAL' ||
    (
      await executeSql(
        context.em,
        sql`select 1 from sso_identities i join users u on u.id = i.user_id
        where i.provider_id = ${provider.id} and u.is_superuser and u.is_active limit 1`,
      )
    ).length > 0;
  change();
  if (isOfAdministrators) await keepAdministrator(context, { countsLinks: false, message });
}
