import type { TestApp } from '../app.js';
import type { Auth } from '../client.js';
import { mutated } from '../mutation.js';

/** A provider that was made by a mutation. */
export interface MadeProvider {
  id: string;
  slug: string;
  revision: number;
}

/** Makes an enabled provider of the kind OIDC for the client `signalbox`. */
export const anOidcProvider = async (
  app: TestApp,
  auth: Auth,
  {
    slug,
    issuer,
    secret = 'the secret of the client',
    ...config
  }: { slug: string; issuer: string; secret?: string } & Record<string, unknown>,
): Promise<MadeProvider> => {
  const input = {
    slug,
    name: `Provider ${slug}`,
    kind: 'OIDC',
    config: { issuer, clientId: 'signalbox', onFirstSignIn: 'CREATE', ...config },
    secret,
    isEnabled: true,
  };
  return (await mutated(app, 'createAuthProvider', input, auth, 'authProvider { id slug revision }')).authProvider as MadeProvider;
};
