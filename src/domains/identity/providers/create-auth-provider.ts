import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import type { AuthProviderKind } from './auth-provider-kind.js';
import { AuthProvider } from './auth-provider.entity.js';
import { checkProvider } from './check-provider.js';
import { checkProviderConfig } from './check-provider-config.js';
import { mayManageProviders } from './may-manage-providers.js';
import { setProviderSecret } from './set-provider-secret.js';

/** A provider to be made. */
export interface NewProvider {
  slug: string;
  name: string;
  kind: AuthProviderKind;
  config: unknown;
  secret?: string | null;
  isEnabled: boolean;
}

/** Makes a provider, by which people can sign in at once when it is enabled. */
export async function createAuthProvider(context: WriteContext, { config: given, secret, ...values }: NewProvider): Promise<AuthProvider> {
  const problems = new Problems();
  if (!/^[a-z0-9][a-z0-9-]{0,49}$/.test(values.slug)) problems.add('slug has 1 to 50 small letters, digits and hyphens', 'input.slug');
  if (values.kind === 'LOCAL') problems.add('There is one provider of the kind LOCAL, which comes along', 'input.kind');
  const config = checkProviderConfig(values.kind, given, problems);
  const provider = Object.assign(new AuthProvider(), { id: newId(declarationOf(AuthProvider).type), ...values, config: config ?? {} });
  setProviderSecret(provider, context.services.get(KeyRing), secret ?? '');
  await checkProvider(context, await mayManageProviders(context, null), { provider, secret, isReadable: config !== null }, problems);
  context.em.persist(provider);
  context.record('identity.authProvider.created', provider, { severity: 'HIGH' });
  return provider;
}
