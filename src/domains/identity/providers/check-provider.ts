import { AppError } from '#core/errors/app-error.js';
import type { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { isPlain } from '../users/check-user.js';
import { findRoles } from '../roles/find-roles.js';
import type { AuthProvider } from './auth-provider.entity.js';
import type { LdapConfig } from './ldap-config.js';
import type { OidcConfig } from './oidc-config.js';
import type { ProviderRules } from './provider-rules.js';

const mostSecret = 2_000;

/** A provider as it is to be; `isReadable` says whether its configuration was understood. */
export interface CheckedProvider {
  provider: AuthProvider;
  /** The secret as it was given. */
  secret?: string | null | undefined;
  isReadable: boolean;
}

/** Refuses a provider that cannot work, with all that is wrong with it, and rules that the actor may not make. */
export async function checkProvider({ em }: WriteContext, actor: Actor, checked: CheckedProvider, problems: Problems): Promise<void> {
  const { provider, secret, isReadable } = checked;
  if (!isPlain(provider.name, 100))
    problems.add('name has 1 to 100 characters, no control characters and no blanks around them', 'input.name');
  if (secret != null && (secret.length > mostSecret || /\p{Cc}/u.test(secret) || !secret.isWellFormed()))
    problems.add(`secret has at most ${mostSecret} characters and no control characters`, 'input.secret');
  const { defaultRoles = [], roleMapping = {}, superuserValues = [], linksSuperusers } = provider.config as Partial<ProviderRules>;
  if (isReadable) checkNeed(provider, problems);
  await findRoles(em, [...new Set(defaultRoles)], 'input.config.defaultRoles', problems);
  for (const [value, slugs] of Object.entries(roleMapping))
    await findRoles(em, [...new Set(slugs)], `input.config.roleMapping.${value}`, problems);
  problems.throwIfAny();
  if ((superuserValues.length > 0 || linksSuperusers) && !actor.isSuperuser)
    throw new AppError('FORBIDDEN', 'Only a superuser has a provider make superusers or link them');
}

function checkNeed({ kind, config, hasSecret }: AuthProvider, problems: Problems): void {
  const isOidc = kind === 'OIDC';
  const needs = isOidc ? (config as OidcConfig).clientAuthentication !== 'none' : (config as Partial<LdapConfig>).bindDn !== undefined;
  const what = isOidc ? 'the client secret, unless clientAuthentication is none' : 'the password of bindDn';
  if (needs && !hasSecret) problems.add(`secret is ${what}`, 'input.secret');
  if (!needs && hasSecret) problems.add('secret is not used with this configuration', 'input.secret');
}
