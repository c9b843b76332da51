import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll } from 'vitest';

/** What a token says and how it is signed. */
export interface Forgery {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
  /** The whole token, made of the good one. */
  token?: (good: string) => string;
}

/** A provider that answers as it is told; by itself it behaves well. */
export interface RogueProvider {
  issuer: string;
  otherKey: CryptoKey;
  /** What the next ID tokens are. */
  forgery: Forgery;
  /** Answers instead of the path that it is named for. */
  answers: Record<string, (response: ServerResponse) => void>;
  /** The nonce of the sign-in that is under way. */
  nonce: string;
}

/** Starts a provider that signs its tokens with RS256 and does what it is told to do wrong. */
export async function startRogueProvider(): Promise<RogueProvider> {
  const own = await generateKeyPair('RS256');
  const other = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rogue: RogueProvider = { issuer, otherKey: other.privateKey, forgery: {}, answers: {}, nonce: '' };
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  };
  const idToken = async (): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'signalbox', sub: 'somebody', iat: now, exp: now + 300, nonce: rogue.nonce };
    const { key = own.privateKey, header, token = (good: string) => good } = rogue.forgery;
    const signer = new SignJWT({ ...claims, ...rogue.forgery.claims });
    return token(await signer.setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key));
  };
  const bodies: Record<string, () => Promise<object>> = {
    '/.well-known/openid-configuration': async () => metadata,
    '/jwks': async () => ({ keys: [jwk] }),
    '/token': async () => ({ access_token: 'an access token', token_type: 'Bearer', expires_in: 60, id_token: await idToken() }),
    '/userinfo': async () => ({ sub: 'somebody', preferred_username: 'somebody' }),
  };
  server.on('request', (request, response) => {
    const url = new URL(request.url!, issuer);
    const { pathname, searchParams } = url;
    if (rogue.answers[pathname]) return rogue.answers[pathname](response);
    if (pathname === '/authorize') {
      rogue.nonce = searchParams.get('nonce')!;
      const back = new URL(searchParams.get('redirect_uri')!);
      back.search = new URLSearchParams({ code: 'a code', state: searchParams.get('state')! }).toString();
      return void response.writeHead(303, { location: back.href }).end();
    }
    void bodies[pathname]?.().then((body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return rogue;
}
