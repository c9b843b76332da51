import * as client from 'openid-client';
import { LRUCache } from 'lru-cache';
import type { KeyRing } from '#core/secrets/key-ring.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { boundedFetch } from './bounded-fetch.js';
import type { OidcConfig } from './oidc-config.js';
import { sealedProviderSecrets } from './sealed-providers.js';
import { providerMs, withinTime } from './within-time.js';

const freshMs = 600_000;

/** What this process knows of OpenID Connect providers: their metadata and keys, for ten minutes, anew when a provider is changed. */
export class OidcClients {
  readonly #known = new LRUCache<string, Promise<client.Configuration>>({ max: 100, ttl: freshMs });

  constructor(readonly ring: KeyRing) {}

  /** The client at a provider, which is asked for its metadata when they are not known. */
  async of(provider: AuthProvider): Promise<client.Configuration> {
    const key = `${provider.id}:${provider.revision}`;
    const known = this.#known.get(key);
    if (known) return known;
    const asked = this.ask(provider);
    this.#known.set(key, asked);
    asked.catch(() => this.#known.delete(key));
    return asked;
  }

  /** Asks a provider for its metadata, whatever is known. */
  ask(provider: AuthProvider): Promise<client.Configuration> {
    const { issuer, clientId, clientAuthentication, clockToleranceSeconds } = provider.config as OidcConfig;
    const secret = provider.sealedSecret === null ? '' : this.ring.unseal(provider.sealedSecret, sealedProviderSecrets.context(provider));
    const authentication = {
      client_secret_basic: () => client.ClientSecretBasic(secret),
      client_secret_post: () => client.ClientSecretPost(secret),
      none: () => client.None(),
    }[clientAuthentication]();
    const metadata = { [client.clockTolerance]: clockToleranceSeconds };
    return withinTime(
      client.discovery(new URL(issuer), clientId, metadata, authentication, {
        [client.customFetch]: boundedFetch as client.CustomFetch,
        timeout: providerMs / 1000,
        // The signature of an ID token is verified although it comes from the provider itself.
        execute: [client.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : [])],
      }),
    );
  }
}
