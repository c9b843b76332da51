import { isUuid } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, rightsStream } from '#core/policy/actor.js';
import { findUser } from '../users/find-user.js';
import { keepAdministrator } from '../administrators/keep-administrator.js';
import { lockRights } from '../roles/lock-rights.js';
import { requireProof } from '../sessions/require-proof.js';
import { RoleAssignment } from '../roles/role-assignment.entity.js';
import type { User } from '../users/user.entity.js';
import { SsoIdentity } from './sso-identity.entity.js';

/** Lets a user sign in by a provider no more, and takes away what that gave: of oneself, or with provider:manage of others. */
export async function unlinkSsoIdentity(context: WriteContext, id: string): Promise<User> {
  const { em } = context;
  await requireProof(context);
  const actor = await lockRights(context, 'signedIn');
  const identity = isUuid(id) ? await em.findOne(SsoIdentity, { id }) : null;
  if (!identity || (identity.user.id !== actor.id && !can(actor, 'user:read'))) throw notFound(`SsoIdentity ${id}`);
  if (identity.user.id !== actor.id && !can(actor, 'provider:manage'))
    throw new AppError('FORBIDDEN', 'This needs the permission provider:manage');
  const user = await findUser(context, actor, identity.user.id);
  if (!(await hasOtherWay(context, user, identity)))
    throw new AppError('PRECONDITION_FAILED', `${user.username} could not sign in any more: set a password or link another provider first`);
  em.remove(identity);
  context.record('identity.ssoIdentity.deleted', identity, { severity: 'MEDIUM' });
  for (const assignment of await em.find(RoleAssignment, { user, grantedBy: identity.provider.id })) {
    em.remove(assignment);
    context.record('identity.roleAssignment.deleted', assignment, { severity: 'MEDIUM' });
  }
  if (identity.hasMadeSuperuser && user.isSuperuser) {
    user.isSuperuser = false;
    context.record('identity.user.updated', user, { severity: 'HIGH' });
  }
  await keepAdministrator(context);
  context.touch(rightsStream);
  return user;
}

async function hasOtherWay({ em }: WriteContext, user: User, { id }: SsoIdentity): Promise<boolean> {
  const found = await executeSql(
    em,
    sql`
    select 1 from auth_providers p where p.is_enabled and (
      p.kind = 'LOCAL' and ${user.passwordHash !== null}
      or exists (select 1 from sso_identities i where i.provider_id = p.id and i.user_id = ${user.id} and i.id <> ${id})) limit 1`,
  );
  return found.length > 0;
}
