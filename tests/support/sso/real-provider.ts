import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { generateKeyPair, exportJWK } from 'jose';
import { afterAll, vi } from 'vitest';

/** A running OpenID Connect provider, and what it says of people by their names there. */
export interface RealProvider {
  issuer: string;
  accounts: Record<string, Record<string, unknown>>;
}

/** Starts the npm package oidc-provider on this machine; `redirectUris` are those of the client `signalbox`. */
export async function startRealProvider(redirectUris: readonly string[], secret = 'the secret of the client'): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts: RealProvider['accounts'] = {};
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  // It says on the console that it is not set up for production.
  const silent = vi.spyOn(console, 'warn').mockReturnValue();
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'signalbox', client_secret: secret, redirect_uris: [...redirectUris] }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups', 'access'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test'] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  });
  silent.mockRestore();
  provider.on('server_error', (_context, error) => void process.stderr.write(`${error.message}\n`));
  server.on('request', provider.callback());
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { issuer, accounts };
}
