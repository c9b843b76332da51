import { ref } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { addRole } from '../roles/add-role.js';
import { hasAdministrator } from '../administrators/has-administrator.js';
import { RoleAssignment } from '../roles/role-assignment.entity.js';
import { Role } from '../roles/role.entity.js';
import type { User } from '../users/user.entity.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { normalDn } from './normal-dn.js';
import type { ProviderRules } from './provider-rules.js';
import type { SsoIdentity } from './sso-identity.entity.js';

/** Gives a user the roles that follow from what the provider says, and takes back what it gave before when its rules say so. The rights are locked. */
export async function followClaims(
  context: WriteContext,
  { user, provider, identity, values }: { user: User; provider: AuthProvider; identity: SsoIdentity; values: readonly string[] },
): Promise<void> {
  const { em, record } = context;
  const { roleMapping, syncRoles } = provider.config as ProviderRules;
  const mapping = new Map(Object.entries(roleMapping).map(([value, slugs]) => [comparable(provider, value), slugs]));
  const wanted = new Set(values.flatMap((value) => mapping.get(value) ?? []));
  const held = await em.find(RoleAssignment, { user }, { populate: ['role'] });
  const missing = [...wanted].filter((slug) => !held.some(({ role }) => role.getEntity().slug === slug));
  for (const role of await em.find(Role, { slug: { $in: missing } })) {
    addRole(context, user, role).grantedBy = ref(provider);
    context.touch(rightsStream);
  }
  for (const assignment of held) {
    if (!syncRoles || assignment.grantedBy?.id !== provider.id || wanted.has(assignment.role.getEntity().slug)) continue;
    em.remove(assignment);
    record('identity.roleAssignment.deleted', assignment, { severity: 'MEDIUM' });
    context.touch(rightsStream);
  }
  await followSuperuser(context, { user, provider, identity, values });
}

// Groups of directories have distinguished names.
const comparable = ({ kind }: AuthProvider, value: string): string => (kind === 'OIDC' ? value : normalDn(value));

async function followSuperuser(
  context: WriteContext,
  { user, provider, identity, values }: { user: User; provider: AuthProvider; identity: SsoIdentity; values: readonly string[] },
): Promise<void> {
  const { superuserValues, syncRoles, linksSuperusers } = provider.config as ProviderRules;
  const isNamed = superuserValues.some((value) => values.includes(comparable(provider, value)));
  const loses = user.isSuperuser && identity.hasMadeSuperuser && syncRoles && !isNamed;
  if (isNamed === user.isSuperuser || (!isNamed && !loses)) return;
  // Of an account that was there before others may have a way in as well.
  if (isNamed && !linksSuperusers && !identity.hasMadeUser)
    return context.log.warn({ user: user.id, provider: provider.slug }, 'no superuser is made of a linked user: the provider links none');
  if (loses && !(await hasAdministrator(context.em, { countsLinks: false, except: user.id })))
    return context.log.warn(
      { user: user.id, provider: provider.slug },
      'the last administrator stays one, although the provider says otherwise',
    );
  user.isSuperuser = isNamed;
  identity.hasMadeSuperuser = isNamed;
  context.record('identity.user.updated', user, { severity: 'HIGH', details: { provider: provider.slug } });
  context.touch(rightsStream);
}
