import { isUuid } from '#core/database/id.js';
import type { WriteSystem } from '#core/feed/write.js';
import { AuthProvider } from './auth-provider.entity.js';
import { OidcClients } from './oidc-clients.js';
import { PublicAddress } from './public-address.js';
import { tryClient } from './try-client.js';
import { tryDirectory } from './try-directory.js';
import { whyOf } from './why-of.js';

/** How a provider answered. */
export interface ProviderTest {
  isWorking: boolean;
  message: string;
}

/** Asks a provider what a sign-in asks first, and says what is wrong; null when there is no such provider. Outside any transaction, because it may take its time. */
export async function testAuthProvider(
  { database, services }: Pick<WriteSystem, 'database' | 'services'>,
  id: string,
): Promise<ProviderTest | null> {
  const provider = isUuid(id) ? await database.fork().findOne(AuthProvider, { id }) : null;
  if (!provider) return null;
  try {
    return { isWorking: true, message: await ask(provider, services) };
  } catch (error) {
    return { isWorking: false, message: whyOf(error) };
  }
}

async function ask(provider: AuthProvider, services: WriteSystem['services']): Promise<string> {
  if (provider.kind === 'LOCAL') return 'Passwords are verified here';
  if (provider.kind !== 'OIDC') return tryDirectory(provider, services);
  const client = await services.get(OidcClients).ask(provider);
  const { issuer, authorization_endpoint: at } = client.serverMetadata();
  if (at === undefined) throw new Error(`${issuer} names no authorization endpoint`);
  await tryClient(client, services.get(PublicAddress).callback(provider.slug));
  return `${issuer} answers; browsers are sent to ${at}`;
}
