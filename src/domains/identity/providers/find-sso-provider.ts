import type { Configuration } from 'openid-client';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteSystem } from '#core/feed/write.js';
import { AuthProvider } from './auth-provider.entity.js';
import { OidcClients } from './oidc-clients.js';
import { providerFails, refuseSignIn } from './refuse-sign-in.js';
import { whyOf } from './why-of.js';

/** A provider to which browsers can be sent, and the client there. */
export interface SsoProvider {
  provider: AuthProvider;
  client: Configuration;
}

/** Finds an enabled OpenID Connect provider and what it says of itself; outside any transaction, because it may take its time. */
export async function findSsoProvider(
  { database, services }: Pick<WriteSystem, 'database' | 'services'>,
  slug: string,
): Promise<SsoProvider> {
  const provider = await database.fork().findOne(AuthProvider, { slug, kind: 'OIDC', isEnabled: true });
  if (!provider) throw badInput('There is no such provider to which a browser can be sent', 'input.provider');
  try {
    return { provider, client: await services.get(OidcClients).of(provider) };
  } catch (error) {
    throw refuseSignIn({ provider: slug, name: null }, providerFails, `discovery failed: ${whyOf(error)}`);
  }
}
