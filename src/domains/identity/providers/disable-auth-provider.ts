import type { WriteContext } from '#core/feed/write.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { findProvider } from './find-provider.js';
import { keepProviderOfAdministrator } from './keep-provider-of-administrator.js';

/** Lets nobody sign in by a provider any more; sessions that have begun go on. */
export async function disableAuthProvider(context: WriteContext, id: string): Promise<AuthProvider> {
  const { provider } = await findProvider(context, id);
  if (!provider.isEnabled) return provider;
  await keepProviderOfAdministrator(context, provider, () => {
    provider.isEnabled = false;
    context.record('identity.authProvider.disabled', provider, { severity: 'HIGH' });
  });
  return provider;
}
