import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { checkProvider } from './check-provider.js';
import { checkProviderConfig } from './check-provider-config.js';
import { findProvider } from './find-provider.js';
import type { LdapConfig } from './ldap-config.js';
import type { OidcConfig } from './oidc-config.js';
import { setProviderSecret } from './set-provider-secret.js';
import { SsoIdentity } from './sso-identity.entity.js';

/** What to change of a provider: what is left out or null stays, an empty secret takes it away. */
export interface ProviderChange {
  id: string;
  expectedRevision: number;
  name?: string | null;
  config?: unknown;
  secret?: string | null;
}

/** Changes a provider; the next sign-in goes by what it says then. */
export async function updateAuthProvider(
  context: WriteContext,
  { id, expectedRevision, name, config: given, secret }: ProviderChange,
): Promise<AuthProvider> {
  const { em, services } = context;
  const { provider, actor } = await findProvider(context, id);
  await em.lock(provider, LockMode.OPTIMISTIC, expectedRevision);
  const problems = new Problems();
  const before = provider.config;
  const config = given == null ? before : checkProviderConfig(provider.kind, given, problems);
  provider.name = name ?? provider.name;
  provider.config = config ?? before;
  // Else whoever may manage providers could have the secret sent to a server of their own.
  if (provider.hasSecret && secret == null && addressOf(before) !== addressOf(provider.config))
    problems.add('secret has to be given anew, because it would go to another address', 'input.secret');
  if (secret != null) setProviderSecret(provider, services.get(KeyRing), secret);
  await checkProvider(context, actor, { provider, secret, isReadable: config !== null }, problems);
  await keepSubjects(context, provider, before);
  context.record('identity.authProvider.updated', provider, { severity: 'HIGH' });
  return provider;
}

const addressOf = (config: object): string => {
  const { issuer, url, startTls, ca, allowsPlainText } = config as Partial<OidcConfig & LdapConfig>;
  return JSON.stringify([issuer, url, startTls, ca, allowsPlainText]);
};

const namesOf = (config: object): string => {
  const { issuer, subjectAttribute } = config as Partial<OidcConfig & LdapConfig>;
  return JSON.stringify([issuer, subjectAttribute]);
};

// The same subject is somebody else there.
async function keepSubjects({ em }: WriteContext, provider: AuthProvider, before: object): Promise<void> {
  if (namesOf(before) !== namesOf(provider.config) && (await em.count(SsoIdentity, { provider: provider.id })) > 0)
    throw new AppError(
      'PRECONDITION_FAILED',
      'People sign in by this provider already, and would be somebody else at another issuer or by another subjectAttribute: make another provider',
    );
}
