import type { Services } from '#core/feed/services.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import type { Client } from 'ldapts';
import type { AuthProvider } from './auth-provider.entity.js';
import type { LdapConfig } from './ldap-config.js';
import { sealedProviderSecrets } from './sealed-providers.js';

/** Shows a directory who Signalbox is, as far as it has an account there. */
export async function bindAsService(client: Client, provider: AuthProvider, services: Services): Promise<void> {
  const { bindDn } = provider.config as LdapConfig;
  if (bindDn === undefined || provider.sealedSecret === null) return;
  await client.bind(bindDn, services.get(KeyRing).unseal(provider.sealedSecret, sealedProviderSecrets.context(provider)));
}
