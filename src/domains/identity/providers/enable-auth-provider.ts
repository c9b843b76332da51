import type { WriteContext } from '#core/feed/write.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { findProvider } from './find-provider.js';

/** Lets people sign in by a provider from now on. */
export async function enableAuthProvider(context: WriteContext, id: string): Promise<AuthProvider> {
  const { provider } = await findProvider(context, id);
  if (provider.isEnabled) return provider;
  provider.isEnabled = true;
  context.record('identity.authProvider.enabled', provider, { severity: 'HIGH' });
  return provider;
}
