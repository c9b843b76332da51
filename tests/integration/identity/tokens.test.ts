import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
} from 'jose';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { SigningKeys } from '#domains/identity/index.js';
import { hashToken } from '#core/secrets/token.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const encryption = { ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
const app = await startTestApp({ ROLE: 'api', ...encryption });
const other = await startTestApp({ ROLE: 'api', ...encryption, DATABASE_URL: app.databaseUrl });
const rotating = await startTestApp({ ROLE: 'api' });
const keys = app.system.services.get(SigningKeys);
const dayMs = 24 * 3_600_000;

/** Claims as a valid token of this user has them. */
const claimsOf = (token: string): JWTPayload => decodeJwt(token);

const sign = (claims: JWTPayload, header: object = {}, key = keys.current.privateKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: keys.current.kid, typ: 'at+jwt', ...header }).sign(key);

const me = (token: string) => graphql(app.url, '{ me { username } }', {}, { token });

test('[mcpbox-51] a password is stored as an Argon2id hash, and what its sign-in returns is a JWT that authenticates', async () => {
  const { token } = await signIn(app.url);

  const [admin] = await rowsOf(app, sql`select password_hash from users where username = 'admin'`);
  expect(admin!.password_hash).toMatch(/^\$argon2id\$v=19\$m=65536,p=4,t=3\$/);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: keys.current.kid, typ: 'at+jwt' });
  expect(await me(token)).toEqual({ data: { me: { username: 'admin' } } });
});

test('an access token verifies against the published keys and lives for ten minutes', async () => {
  const user = await signedIn(app, 'vera');

  const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', app.url));
  const { payload } = await jwtVerify(user.token!, jwks, { issuer: 'signalbox', audience: 'signalbox', typ: 'at+jwt' });

  expect(payload).toEqual({
    iss: 'signalbox',
    aud: 'signalbox',
    sub: user.id,
    sid: user.sessionId,
    pv: 1,
    jti: expect.stringMatching(/^[\da-f-]{36}$/),
    iat: payload.iat,
    exp: payload.iat! + 600,
  });
  const published = await (await fetch(new URL('/.well-known/jwks.json', app.url))).text();
  expect(JSON.parse(published)).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: keys.current.kid, alg: 'EdDSA', use: 'sig' }],
  });
});

const forgeries: Record<string, (claims: JWTPayload) => Promise<string> | string> = {
  garbage: () => 'garbage',
  'three parts of garbage': () => 'a.b.c',
  'one that is signed with another key': async (claims) => sign(claims, {}, (await generateKeyPair('EdDSA')).privateKey),
  'one of an unknown key': async (claims) => sign(claims, { kid: 'unknown' }, (await generateKeyPair('EdDSA')).privateKey),
  'one without a signature (alg none)': (claims) => new UnsecuredJWT(claims).encode(),
  'one that is signed with the public key as a secret': (claims) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: keys.current.kid, typ: 'at+jwt' })
      .sign(Buffer.from(JSON.stringify(keys.jwks.keys[0]))),
  'one for another audience': (claims) => sign({ ...claims, aud: 'elsewhere' }),
  'one of another issuer': (claims) => sign({ ...claims, iss: 'elsewhere' }),
  'one of another kind': (claims) => sign(claims, { typ: 'JWT' }),
  'one that has expired': (claims) => sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }),
  'one that never expires': ({ exp: _exp, ...claims }) => sign(claims),
  'one without a session': ({ sid: _sid, ...claims }) => sign(claims),
  'one of another user': (claims) => sign({ ...claims, sub: '01a1fc72-0000-7002-8000-000000000000' }),
  'one of another password version': (claims) => sign({ ...claims, pv: 2 }),
};

test.each(Object.entries(forgeries))(
  '%s is no access token: refused over HTTP, and the socket is closed with the reason',
  async (_name, forge) => {
    const { token: genuine } = await signIn(app.url);
    const token = await forge(claimsOf(genuine));

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ me { username } }' }),
    });
    const answer = await response.json();
    const socket = await TestSocket.open(app.url);
    socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });

    expect(response.status).toBe(401);
    expect(answer).toEqual({ errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await socket.close()).toEqual({ code: 4403, reason: `UNAUTHENTICATED: ${answer.errors[0].message}` });
    expect(socket.messages).toEqual([]);
  },
);

test('an expired token is told from a wrong one, so that a client knows to renew it', async () => {
  const { token } = await signIn(app.url);

  const { errors } = await me(await sign({ ...claimsOf(token), exp: 1 }));

  expect(errors).toEqual([
    { message: 'The access token has expired: renew it with refreshSession', extensions: { code: 'UNAUTHENTICATED' } },
  ]);
});

const refreshing =
  'mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken refreshToken session { id isActive } user { username } } }';
const refresh = (refreshToken: string) => graphql(app.url, refreshing, { input: { refreshToken } });
const sessionRow = async (id: string) => (await rowsOf(app, sql`select * from sessions where id = ${id}`))[0]!;

test('a refresh gives new tokens of the same session, and is recorded', async () => {
  const { token, refreshToken, sessionId } = await signIn(app.url);

  const { result, changes } = await recording(app, () => refresh(refreshToken));

  const { refreshSession } = result.data;
  expect(refreshSession).toMatchObject({ session: { id: sessionId, isActive: true }, user: { username: 'admin' } });
  expect(refreshSession.refreshToken).not.toBe(refreshToken);
  expect(claimsOf(refreshSession.accessToken).sid).toBe(sessionId);
  expect(claimsOf(refreshSession.accessToken).jti).not.toBe(claimsOf(token).jti);
  expect((await me(refreshSession.accessToken)).data.me.username).toBe('admin');
  expect(changes).toMatchObject([
    {
      action: 'session_refreshed',
      outcome: 'SUCCESS',
      actor_username: 'admin',
      target_id: sessionId,
      before: { refreshTokenHash: '[redacted]' },
      after: { refreshTokenHash: '[redacted]' },
    },
  ]);
});

test('[toolbox-13] only a hash of the refresh token is stored, with the expiry of its session', async () => {
  const { refreshToken, sessionId } = await signIn(app.url);

  const row = await sessionRow(sessionId);
  const secret = refreshToken.split('.')[1]!;

  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(row.refresh_token_hash).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(JSON.stringify(await rowsOf(app, sql`select * from changes`))).not.toContain(secret);
  expect(new Date(row.expires_at).getTime() - new Date(row.created_at).getTime()).toBe(30 * dayMs);
});

test('a refresh token that was used before ends the whole session, and the record says so', async () => {
  const { token, refreshToken, sessionId } = await signIn(app.url);
  const renewed = (await refresh(refreshToken)).data.refreshSession;
  await rowsOf(app, sql`update sessions set token_rotated_at = now() - interval '11 seconds' where id = ${sessionId}`);

  const { result, changes } = await recording(app, () => refresh(refreshToken));

  expect(result).toMatchObject({ data: null, errors: [{ path: ['refreshSession'], extensions: { code: 'UNAUTHENTICATED' } }] });
  expect((await sessionRow(sessionId)).revoked_at).not.toBeNull();
  expect(changes).toMatchObject([
    { action: 'refresh_token_reused', outcome: 'FAILURE', actor_username: 'admin', message: result.errors![0]!.message },
  ]);
  for (const each of [token, renewed.accessToken]) expect((await me(each)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  expect((await refresh(renewed.refreshToken)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
});

test('a refresh token whose answer got lost counts for a few seconds more, until its successor was used', async () => {
  const { refreshToken, sessionId } = await signIn(app.url);
  const lost = (await refresh(refreshToken)).data.refreshSession;

  const again = (await refresh(refreshToken)).data.refreshSession;
  const next = (await refresh(again.refreshToken)).data.refreshSession;

  expect(next).toMatchObject({ session: { id: sessionId, isActive: true } });
  // The first one is not the one right before any more.
  expect((await refresh(refreshToken)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await sessionRow(sessionId)).revoked_at).not.toBeNull();
  expect((await me(lost.accessToken)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('a successor that got lost and turns up after its predecessor was used again ends the session', async () => {
  const { refreshToken, sessionId } = await signIn(app.url);
  const lost = (await refresh(refreshToken)).data.refreshSession;
  const again = (await refresh(refreshToken)).data.refreshSession;

  const { result, changes } = await recording(app, () => refresh(lost.refreshToken));

  expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(changes).toMatchObject([{ action: 'refresh_token_reused', severity: 'HIGH' }]);
  expect((await sessionRow(sessionId)).revoked_at).not.toBeNull();
  expect((await refresh(again.refreshToken)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('a made-up refresh token of a session that lives is refused and does not end it', async () => {
  const { token, refreshToken, sessionId } = await signIn(app.url);
  const [id, secret, tag] = refreshToken.split('.');
  const wrong = 'x'.repeat(43);

  for (const made of [
    `${id}`,
    `${id}.`,
    `${id}.${wrong}`,
    `${id}.${wrong}.${tag}`,
    `${id}.${secret}`,
    `${id}.${secret}.${wrong}`,
    `${id}.${secret}.${'é'.repeat(43)}`,
  ]) {
    const { result, changes } = await recording(app, () => refresh(made));
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(changes).toMatchObject([{ action: 'refreshSession.denied', outcome: 'DENIED', actor_username: 'anonymous', target_id: null }]);
  }

  expect((await sessionRow(sessionId)).revoked_at).toBeNull();
  expect(await me(token)).toEqual({ data: { me: { username: 'admin' } } });
  expect((await refresh(refreshToken)).errors).toBeUndefined();
});

test('of two refreshes with one token at the same instant only one leaves a good successor, and the other one ends the session', async () => {
  const { refreshToken, sessionId } = await signIn(app.url);

  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
  const present = (await sessionRow(sessionId)).refresh_token_hash;
  const successors = answers.map(({ data: answer }) => answer.refreshSession.refreshToken as string);
  const isPresent = (token: string): boolean => hashToken(token.split('.')[1]!) === present;
  const [good, other] = [successors.filter(isPresent), successors.filter((token) => !isPresent(token))];

  expect([good.length, other.length]).toEqual([1, 1]);
  expect((await refresh(good[0]!)).errors).toBeUndefined();
  expect((await refresh(other[0]!)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await sessionRow(sessionId)).revoked_at).not.toBeNull();
});

test.each(['', 'garbage', '01a1fc72-0000-7007-8000-000000000000.secret', 'a.b.c'])(
  'the refresh token %j is refused, and only the attempt is recorded',
  async (refreshToken) => {
    const { result, changes } = await recording(app, () => refresh(refreshToken));

    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(changes).toMatchObject([{ action: 'refreshSession.denied', outcome: 'DENIED', actor_username: 'anonymous', target_id: null }]);
  },
);

test('signing out ends the session and revokes the very token by its jti', async () => {
  const { token, refreshToken, sessionId } = await signIn(app.url);

  const { result, changes } = await recording(app, () => data(app.url, 'mutation { signOut { isSignedOut } }', {}, { token }));

  expect(result).toEqual({ signOut: { isSignedOut: true } });
  expect((await me(token)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  expect((await refresh(refreshToken)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  const { jti, exp } = claimsOf(token);
  expect(await rowsOf(app, sql`select extract(epoch from expires_at)::int as exp from revoked_tokens where jti = ${jti}`)).toEqual([
    { exp },
  ]);
  expect(changes).toMatchObject([{ action: 'logout', outcome: 'SUCCESS', actor_username: 'admin', target_id: sessionId }]);
});

test('[mcpbox-54] a revoked jti is refused even while its session lives, also by a process that starts afterwards', async () => {
  const { token } = await signIn(app.url);
  const { jti } = claimsOf(token);
  await rowsOf(app, sql`insert into revoked_tokens (id, jti, expires_at) values (gen_random_uuid(), ${jti}, now() + interval '1 hour')`);
  const later = await startTestApp({ ROLE: 'api', ...encryption, DATABASE_URL: app.databaseUrl });

  expect((await me(token)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  expect((await graphql(later.url, '{ me { username } }', {}, { token })).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
});

test('when the signing key is rotated, earlier tokens stay valid and new ones are signed with the new key', async () => {
  const rotated = rotating.system.services.get(SigningKeys);
  const before = await signIn(rotating.url);
  const { kid } = rotated.current;

  await rotated.rotate(new Date(Date.now() + 30 * dayMs + 60_000));
  const after = await signIn(rotating.url);

  expect(rotated.current.kid).not.toBe(kid);
  expect(decodeProtectedHeader(after.token).kid).toBe(rotated.current.kid);
  expect(rotated.jwks.keys.map((key) => key.kid)).toEqual([rotated.current.kid, kid]);
  for (const { token } of [before, after])
    expect((await graphql(rotating.url, '{ me { username } }', {}, { token })).data.me.username).toBe('admin');
  expect(await rowsOf(rotating, sql`select 1 from signing_keys where sealed_private_jwk not like 'v1:%'`)).toEqual([]);
});

test('a token that another node signed with a key of its making is valid at once', async () => {
  await other.system.services.get(SigningKeys).rotate(new Date(Date.now() + 30 * dayMs + 60_000));

  const { token } = await signIn(other.url);

  expect(await me(token)).toEqual({ data: { me: { username: 'admin' } } });
});
