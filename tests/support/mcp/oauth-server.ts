import { generateKeyPair, exportJWK } from 'jose';
import { Provider } from 'oidc-provider';
import { vi } from 'vitest';
import { serve } from './serve.js';
import type { Guard } from './guard.js';

/** An OAuth server that clients register at by themselves, and what it has been asked. */
export interface OauthServer {
  issuer: string;
  /** How long the access tokens hold that it gives from now on. */
  accessSeconds: number;
  refreshes: number;
  registrations: number;
  /** Ends everything that it has granted. */
  revoke(): Promise<void>;
}

/** Starts an OAuth server (the npm package oidc-provider) that lets people through a guard; refresh tokens are good for once. */
export async function startOauthServer(guard: Guard): Promise<OauthServer> {
  let answer: (request: never, response: never) => unknown = () => {};
  const issuer = await serve((request, response) => answer(request as never, response as never));
  const server: OauthServer = { issuer, accessSeconds: 600, refreshes: 0, registrations: 0, revoke: async () => {} };
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const silent = vi.spyOn(console, 'warn').mockReturnValue();
  const grants = new Set<string>();
  const provider = new Provider(issuer, {
    cookies: { keys: ['a key of the test'] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    pkce: { required: () => true },
    scopes: ['tools'],
    rotateRefreshToken: true,
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    features: {
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => guard.url,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'tools', accessTokenTTL: server.accessSeconds, accessTokenFormat: 'opaque' as const }),
      },
    },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: () => server.accessSeconds, AuthorizationCode: 60, RefreshToken: 600 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  silent.mockRestore();
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') server.refreshes += 1;
    for (const { grantId } of [oidc.entities.AccessToken, oidc.entities.RefreshToken].filter((each) => each !== undefined))
      grants.add(grantId!);
  });
  provider.on('registration_create.success', () => void (server.registrations += 1));
  server.revoke = async () => {
    for (const id of grants) {
      await provider.RefreshToken.revokeByGrantId(id);
      await provider.AccessToken.revokeByGrantId(id);
    }
  };
  answer = provider.callback() as never;
  const { origin, pathname } = new URL(guard.url);
  const metadata = `${origin}/.well-known/oauth-protected-resource${pathname}`;
  guard.challenge = `Bearer resource_metadata="${metadata}"`;
  guard.answers = ({ url }, response) => {
    if (`${origin}${url}` !== metadata) return false;
    const body = { resource: guard.url, authorization_servers: [issuer], scopes_supported: ['tools'] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  guard.admits = async ({ headers }) => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const found = token === undefined ? undefined : await provider.AccessToken.find(token);
    return found !== undefined && found.isValid;
  };
  return server;
}
