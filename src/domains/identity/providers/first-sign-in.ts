import { LockMode } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { addRole } from '../roles/add-role.js';
import { isPlain } from '../users/check-user.js';
import { Role } from '../roles/role.entity.js';
import { User } from '../users/user.entity.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { freeUsername } from './free-username.js';
import type { Profile } from './profile.js';
import type { ProviderRules } from './provider-rules.js';
import { SsoIdentity } from './sso-identity.entity.js';

/** Why somebody is not let in at the first sign-in. */
export class FirstSignInRefused extends Error {}

/** The user of somebody who signs in by a provider for the first time, and whether they were made just now. */
export interface FirstSignIn {
  user: User;
  isNew: boolean;
}

/** The user of somebody who signs in by a provider for the first time: linked or created, as the rule of the provider says. The rights are locked. */
export async function firstSignIn(context: WriteContext, provider: AuthProvider, profile: Profile): Promise<FirstSignIn> {
  const rules = provider.config as ProviderRules;
  if (rules.onFirstSignIn === 'REFUSE') throw new FirstSignInRefused('the provider lets nobody in who was not in before');
  const known = await usersWith(context, profile);
  if (rules.onFirstSignIn === 'CREATE') {
    if (known.length > 0) throw new FirstSignInRefused('a user has this email address already, and the provider links nobody');
    return create(context, provider, profile);
  }
  if (known.length > 0) return link(context, provider, profile, known);
  if (rules.onFirstSignIn === 'LINK_OR_CREATE') return create(context, provider, profile);
  throw new FirstSignInRefused(
    profile.isEmailVerified ? 'no user has this email address' : 'the provider does not say that the email address is verified',
  );
}

// An address that anybody could have given themselves is none.
const verifiedEmail = ({ email, isEmailVerified }: Profile): string | null =>
  isEmailVerified && email !== null && isPlain(email, 254) && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;

async function usersWith({ em }: WriteContext, profile: Profile): Promise<string[]> {
  const email = verifiedEmail(profile);
  if (email === null) return [];
  // Letters outside of ASCII are compared as they are: some of them become an ASCII letter when case does not count.
  const rows = await executeSql<{ id: string }>(
    em,
    sql`select id from users where lower(email collate "C") = lower(${email}::text collate "C") order by id limit 2`,
  );
  return rows.map(({ id }) => id);
}

async function link({ em, record }: WriteContext, provider: AuthProvider, profile: Profile, known: string[]): Promise<FirstSignIn> {
  const { linksSuperusers } = provider.config as ProviderRules;
  if (known.length > 1) throw new FirstSignInRefused('several users have this email address');
  const user = await em.findOneOrFail(User, { id: known[0]! }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  // Whoever gave somebody else's address to an own account, or had that done, would otherwise share it with them from now on.
  if (!user.isVerified || !user.hasProvenEmail)
    throw new FirstSignInRefused(`the email address of ${user.username} is not confirmed here by its owner`);
  if (user.isSuperuser && !linksSuperusers) throw new FirstSignInRefused(`${user.username} is a superuser, and the provider links none`);
  if ((await em.count(SsoIdentity, { user, provider })) > 0)
    throw new FirstSignInRefused(`${user.username} is somebody else at this provider: unlink that first`);
  record('identity.ssoIdentity.linked', user, { severity: 'MEDIUM', details: { provider: provider.slug, subject: profile.subject } });
  return { user, isNew: false };
}

async function create(context: WriteContext, provider: AuthProvider, profile: Profile): Promise<FirstSignIn> {
  const { em, record } = context;
  const { defaultRoles } = provider.config as ProviderRules;
  const email = verifiedEmail(profile);
  const user = Object.assign(new User(), {
    id: newId(declarationOf(User).type),
    username: await freeUsername(em, provider.slug, profile),
    email,
    isVerified: email !== null,
    hasProvenEmail: email !== null,
    fullName: profile.fullName !== null && isPlain(profile.fullName, 200) ? profile.fullName : null,
    createdByName: provider.name,
  });
  em.persist(user);
  record('identity.user.created', user, { details: { provider: provider.slug } });
  for (const role of await em.find(Role, { slug: { $in: defaultRoles } })) addRole(context, user, role);
  return { user, isNew: true };
}
