import type { KeyRing } from '#core/secrets/key-ring.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { sealedProviderSecrets } from './sealed-providers.js';

/** Seals the secret of a provider, bound to its row; an empty one takes it away. */
export function setProviderSecret(provider: AuthProvider, ring: KeyRing, secret: string): void {
  provider.hasSecret = secret !== '';
  provider.sealedSecret = secret === '' ? null : ring.seal(secret, sealedProviderSecrets.context(provider));
}
