import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import argon2 from 'argon2';
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { adminPassword, startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Answer } from '../../support/client.js';
import { TestSocket } from '../../support/socket.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRogueProvider } from '../../support/sso/rogue-provider.js';
import { aUser } from '../../support/users.js';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const app = await startTestApp({ ROLE: 'api' });
const proxied = await startTestApp({ ROLE: 'api', TRUST_PROXY: 'true' });
const securePort = await freePort();
const secure = await startTestApp({ ROLE: 'api', PUBLIC_URL: 'HTTPS://box.example', PORT: String(securePort) });
const password = 'the password of this file';
const passwordHash = await argon2.hash(password, { memoryCost: 1024, timeCost: 2, parallelism: 1 });

const mutation = `mutation($input: SignInInput!) { signIn(input: $input) {
  accessToken session { id ipAddress userAgent clientInfo isActive isExpired revokedAt user { username } } user { id username lastLoginAt } } }`;

async function send(url: string, input: object, headers: Record<string, string> = {}): Promise<{ answer: Answer; cookie: string | null }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: mutation, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as Answer;
  return { answer: errors ? { data, errors } : { data }, cookie: response.headers.get('set-cookie') };
}

const sessionsOf = (userId: string) => rowsOf(app, sql`select * from sessions where user_id = ${userId} order by created_at, id`);
const valueOf = (cookie: string | null): string => /^signalbox_session=([^;]+);/.exec(cookie ?? '')![1]!;

test('a sign-in begins a session, shows it and the user, and is recorded without its secrets', async () => {
  const { id } = await aUser(app, 'sina', [], { passwordHash });

  const { result, changes } = await recording(app, () =>
    send(app.url, { username: 'sina', password, clientInfo: 'my laptop' }, { 'user-agent': 'test-agent/1.0' }),
  );

  const [session, ...more] = await sessionsOf(id);
  expect(more).toEqual([]);
  expect(result.answer).toEqual({
    data: {
      signIn: {
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        session: {
          id: session!.id,
          ipAddress: '127.0.0.1',
          userAgent: 'test-agent/1.0',
          clientInfo: 'my laptop',
          isActive: true,
          isExpired: false,
          revokedAt: null,
          user: { username: 'sina' },
        },
        user: { id, username: 'sina', lastLoginAt: new Date(session!.created_at).toISOString() },
      },
    },
  });
  expect(changes).toMatchObject([
    {
      action: 'login_success',
      outcome: 'SUCCESS',
      actor_id: id,
      actor_username: 'sina',
      target_type: 'Session',
      target_id: session!.id,
      before: null,
      after: { refreshTokenHash: '[redacted]' },
      ip_address: '127.0.0.1',
      user_agent: 'test-agent/1.0',
    },
  ]);
  expect(JSON.stringify(changes)).not.toContain(session!.refresh_token_hash);
});

test('a wrong password, an unknown name, a deactivated user and a user without a password get the same answer', async () => {
  await aUser(app, 'paul', [], { passwordHash });
  await aUser(app, 'dora', [], { passwordHash, isActive: false });
  await aUser(app, 'nora', [], { passwordHash: null });
  const attempts = [
    { username: 'paul', password: 'not the password' },
    { username: 'PAUL', password },
    { username: 'nobody', password },
    { username: 'dora', password },
    { username: 'nora', password: '' },
  ];

  const { result, changes } = await recording(app, async () => {
    const answers: Answer[] = [];
    for (const input of attempts) answers.push((await send(app.url, input)).answer);
    return answers;
  });

  expect(result).toEqual(
    attempts.map(() => ({
      data: null,
      errors: [
        {
          message: 'The username or the password is wrong',
          path: ['signIn'],
          locations: [{ line: 1, column: 34 }],
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    })),
  );
  expect(changes).toMatchObject(
    attempts.map(({ username }) => ({
      action: 'login_failed',
      outcome: 'FAILURE',
      actor_id: null,
      actor_username: username,
      target_id: null,
      after: null,
    })),
  );
  expect(await rowsOf(app, sql`select username, last_login_at from users where username in ('paul', 'dora', 'nora') order by 1`)).toEqual([
    { username: 'dora', last_login_at: null },
    { username: 'nora', last_login_at: null },
    { username: 'paul', last_login_at: null },
  ]);
});

test('several sign-ins of one user at the same instant all succeed', async () => {
  const { id } = await aUser(app, 'quinn', [], { passwordHash });

  const results = await Promise.all(Array.from({ length: 5 }, () => send(app.url, { username: 'quinn', password })));

  expect(results.map(({ answer }) => answer.errors)).toEqual(Array.from({ length: 5 }, () => undefined));
  expect(await sessionsOf(id)).toHaveLength(5);
});

test('a sign-in leaves the revision of the user as it is, so that no edit of the user becomes stale', async () => {
  const { id } = await aUser(app, 'rita', [], { passwordHash });

  await send(app.url, { username: 'rita', password });

  expect(await rowsOf(app, sql`select revision from users where id = ${id}`)).toEqual([{ revision: 1 }]);
});

test('a cookie is set only when it was asked for, and signs the browser in without a token', async () => {
  await aUser(app, 'cora', [], { passwordHash });

  const without = await send(app.url, { username: 'cora', password });
  const { cookie } = await send(app.url, { username: 'cora', password, withCookie: true });

  expect(without.cookie).toBeNull();
  expect(cookie).toMatch(/^signalbox_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/);
  const value = valueOf(cookie);
  expect(await data(app.url, '{ me { username } }', {}, { cookie: value })).toEqual({ me: { username: 'cora' } });
  expect(await rowsOf(app, sql`select 1 from sessions where cookie_hash = ${value}`)).toEqual([]);
});

test('signing out takes the cookie away', async () => {
  await aUser(app, 'clara', [], { passwordHash });
  const { cookie } = await send(app.url, { username: 'clara', password, withCookie: true });

  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: `signalbox_session=${valueOf(cookie)}` },
    body: JSON.stringify({ query: 'mutation { signOut { isSignedOut } }' }),
  });

  expect(await response.json()).toMatchObject({ data: { signOut: { isSignedOut: true } } });
  expect(response.headers.get('set-cookie')).toBe('signalbox_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
  expect(await data(app.url, '{ me { username } }', {}, { cookie: valueOf(cookie) })).toEqual({ me: null });
});

test('the address of a session is that of the connection, whatever a header says, unless a proxy is trusted', async () => {
  await aUser(app, 'petra', [], { passwordHash });
  const address = async (url: string, credentials: object, forwarded: string) =>
    (await send(url, credentials, { 'x-forwarded-for': forwarded })).answer.data.signIn.session.ipAddress;
  const admin = { username: 'admin', password: adminPassword };

  expect(await address(app.url, { username: 'petra', password }, '203.0.113.7')).toBe('127.0.0.1');
  expect(await address(proxied.url, admin, '203.0.113.7')).toBe('203.0.113.7');
  expect(await address(proxied.url, admin, '192.0.2.1, 203.0.113.7')).toBe('203.0.113.7');
  expect(await address(proxied.url, admin, '2001:db8::7')).toBe('2001:db8::7');
  expect(await address(proxied.url, admin, 'anything')).toBe('127.0.0.1');
});

test('behind https the cookie is sent over https only, and has a name that only this very host can set', async () => {
  const url = `http://127.0.0.1:${securePort}`;
  const { cookie } = await send(url, { username: 'admin', password: adminPassword, withCookie: true });

  expect(cookie).toMatch(/^__Host-signalbox_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure$/);
  const value = /=([^;]+);/.exec(cookie!)![1]!;
  const me = async (header: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: header },
      body: JSON.stringify({ query: '{ me { username } }' }),
    });
    return ((await response.json()) as Answer).data.me;
  };
  expect(await me(`__Host-signalbox_session=${value}`)).toEqual({ username: 'admin' });
  // A host beside this one can set a cookie of this name for both.
  expect(await me(`signalbox_session=${value}`)).toBeNull();
  expect(await me(`signalbox_session=made-up; __Host-signalbox_session=${value}`)).toEqual({ username: 'admin' });
});

test('behind https a socket takes the cookie of that name only', async () => {
  const url = `http://127.0.0.1:${securePort}`;
  const { cookie } = await send(url, { username: 'admin', password: adminPassword, withCookie: true });
  const value = /=([^;]+);/.exec(cookie!)![1]!;
  const me = async (name: string) => {
    const socket = await TestSocket.open(url, { cookie: `${name}=${value}` });
    socket.say({ type: 'connection_init' });
    await socket.message('the acknowledgement', ({ type }) => type === 'connection_ack');
    const { payload } = await socket.ask('me', '{ me { username } }');
    await socket.end();
    return payload.data.me;
  };

  expect(await me('__Host-signalbox_session')).toEqual({ username: 'admin' });
  expect(await me('signalbox_session')).toBeNull();
});

test('behind https a browser goes to a provider and comes back with a cookie of such a name too', async () => {
  const url = `http://127.0.0.1:${securePort}`;
  const rogue = await startRogueProvider();
  await anOidcProvider({ ...secure, url }, await signIn(url), { slug: 'company', issuer: rogue.issuer });
  const visit = (address: string, cookie = '') => fetch(address, { redirect: 'manual', headers: { cookie } });
  const started = await visit(`${url}/auth/company/start`);
  const back = new URL((await visit(started.headers.get('location')!)).headers.get('location')!);
  const [bound] = started.headers.getSetCookie();
  const value = /=([^;]+);/.exec(bound!)![1]!;
  const comeBack = (name: string) => visit(`${url}${back.pathname}${back.search}`, `${name}=${value}`);

  expect(bound).toMatch(/^__Host-signalbox_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=900; Secure$/);
  expect(back.origin).toBe('https://box.example');
  expect((await comeBack('signalbox_browser')).status).toBe(401);
  const returned = await comeBack('__Host-signalbox_browser');
  expect([returned.status, returned.headers.getSetCookie()]).toEqual([303, [expect.stringMatching(/^__Host-signalbox_session=/)]]);
});

test('a browser whose session is over can sign in again although it still sends the old cookie', async () => {
  const { id } = await aUser(app, 'bella', [], { passwordHash });
  const { cookie } = await send(app.url, { username: 'bella', password, withCookie: true });
  await rowsOf(app, sql`update sessions set revoked_at = now() where user_id = ${id}`);

  const again = await send(app.url, { username: 'bella', password, withCookie: true }, { cookie: `signalbox_session=${valueOf(cookie)}` });

  expect(again.answer.errors).toBeUndefined();
  expect(again.answer.data.signIn.user.username).toBe('bella');
  expect(valueOf(again.cookie)).not.toBe(valueOf(cookie));
});

test('a sign-in that cannot be recorded does not happen, and sets no cookie', async () => {
  const { id } = await aUser(app, 'frida', [], { passwordHash });
  await rowsOf(app, sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no record today'; end $$`);
  await rowsOf(
    app,
    sql`create trigger refuse before insert on changes for each row when (new.action = 'login_success') execute function refuse()`,
  );
  onTestFinished(async () => void (await rowsOf(app, sql`drop trigger refuse on changes`)));

  const { answer, cookie } = await send(app.url, { username: 'frida', password, withCookie: true });

  expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL' } }] });
  expect(cookie).toBeNull();
  expect(await sessionsOf(id)).toEqual([]);
});

test('without credentials nobody is signed in', async () => {
  expect(await data(app.url, '{ me { username } }')).toEqual({ me: null });
});

test('a name that is too long or that no database can store is bad input, and no attempt of anybody', async () => {
  const { result, changes } = await recording(app, async () => [
    await graphql(app.url, mutation, { input: { username: 'x'.repeat(201), password } }),
    await graphql(app.url, mutation, { input: { username: 'a\0b', password } }),
  ]);

  expect(result.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  expect(result[0]!.errors![0]!.extensions.paths).toEqual(['input.username']);
  expect(changes).toEqual([]);
});
