import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { lockRights } from '../roles/lock-rights.js';
import { mayGive } from '../roles/may-give.js';
import { requireProof } from '../sessions/require-proof.js';
import type { AuthProvider } from './auth-provider.entity.js';

/**
 * Locks the rights and refuses whoever may not decide how people get in. Who decides that can get in as any of them, so it takes every
 * permission that a role holds, and of a provider by which superusers sign in it takes a superuser.
 */
export async function mayManageProviders(context: WriteContext, provider: AuthProvider | null): Promise<Actor> {
  const { em } = context;
  await requireProof(context);
  const actor = await lockRights(context, 'provider:manage');
  if (actor.isSuperuser) return actor;
  const held = await executeSql<{ name: string }>(
    em,
    sql`select distinct p.name from role_permissions r join permissions p on p.id = r.permission_id`,
  );
  mayGive(
    actor,
    held.map(({ name }) => name),
  );
  const [superuser] = provider
    ? await executeSql(
        em,
        sql`select 1 from users u where u.is_superuser and (${provider.kind === 'LOCAL'} and u.password_hash is not null
          or exists (select 1 from sso_identities i where i.user_id = u.id and i.provider_id = ${provider.id})) limit 1`,
      )
    : [];
  if (superuser) throw new AppError('FORBIDDEN', 'Superusers sign in by this provider: only a superuser may change it');
  return actor;
}
