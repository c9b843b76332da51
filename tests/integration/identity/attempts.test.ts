import { describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { hashToken } from '#core/secrets/token.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn as signInBy, type Answer } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { useSignInLink } from '../../support/sign-in-link.js';
import { aUser } from '../../support/users.js';

const settings = { ROLE: 'api', TRUST_PROXY: 'true', ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
const app = await startTestApp(settings);
const other = await startTestApp({ ...settings, DATABASE_URL: app.databaseUrl });
const good = 'a password of a test user';
const bad = 'no password of anybody';
let lastAddress = 0;
const anAddress = () => `198.51.100.${(lastAddress += 1)}`;

interface Try {
  code: string | null;
  retryAfterMs?: number;
  retryAfter: string | null;
}

async function signIn(username: string, password: string, address = anAddress(), url = app.url): Promise<Try> {
  const query = 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ query, variables: { input: { username, password } } }),
  });
  const { errors } = (await response.json()) as Answer;
  const { code = null, retryAfterMs } = (errors?.[0]?.extensions ?? {}) as { code?: string; retryAfterMs?: number };
  return { code, ...(retryAfterMs !== undefined && { retryAfterMs }), retryAfter: response.headers.get('retry-after') };
}

async function fail(username: string, times: number): Promise<(string | null)[]> {
  const codes: (string | null)[] = [];
  for (let n = 0; n < times; n += 1) codes.push((await signIn(username, bad)).code);
  return codes;
}

/** Lets time pass for all that was tried under a key. */
const passed = (key: string, seconds: number) =>
  rowsOf(app, sql`update attempt_counts set last_at = last_at - ${seconds} * interval '1 second' where key = ${hashToken(key)}`);
/** Lets time pass for all that was tried under a name. */
const later = (username: string, seconds: number) => passed(`login name ${username}`, seconds);
/** Has whoever must wait wait an hour longer, so that it is no matter how slow the machine is. */
const hold = (username: string) => later(username, -3_600);

test('after five wrong passwords under a name every further try has to wait twice as long, at most a quarter of an hour', async () => {
  await aUser(app, 'anna');
  expect(await fail('anna', 4)).toEqual(Array.from({ length: 4 }, () => 'UNAUTHENTICATED'));
  let tried = performance.now();
  expect(await fail('anna', 1)).toEqual(['UNAUTHENTICATED']);

  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    await hold('anna');
    const refused = await signIn('anna', bad);
    const elapsed = performance.now() - tried;
    expect(refused.code).toBe('RATE_LIMITED');
    expect(refused.retryAfter).toBe(String(Math.ceil(refused.retryAfterMs! / 1000)));
    const wait = refused.retryAfterMs! - 3_600_000;
    expect(wait).toBeLessThanOrEqual(seconds * 1_000);
    expect(wait).toBeGreaterThan(seconds * 1_000 - elapsed - 100);
    await later('anna', refused.retryAfterMs! / 1000);
    tried = performance.now();
    expect((await signIn('anna', bad)).code).toBe('UNAUTHENTICATED');
  }
});

test('while a name has to wait its right password is not looked at, on any node, and it opens the door afterwards', async () => {
  await aUser(app, 'bert');
  await fail('bert', 5);
  await hold('bert');

  expect((await signIn('bert', good)).code).toBe('RATE_LIMITED');
  expect((await signIn('bert', good, anAddress(), other.url)).code).toBe('RATE_LIMITED');
  await later('bert', 3_602);
  expect((await signIn('bert', good, anAddress(), other.url)).code).toBeNull();
});

test('a sign-in that succeeds forgets the failures under its name', async () => {
  await aUser(app, 'carl');
  await fail('carl', 4);
  expect((await signIn('carl', good)).code).toBeNull();

  expect(await fail('carl', 5)).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'));
  await hold('carl');
  expect((await signIn('carl', good)).code).toBe('RATE_LIMITED');
});

test('a name that nobody has is counted like any other', async () => {
  expect(await fail('nobody', 5)).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'));
  await hold('nobody');
  expect(await fail('nobody', 1)).toEqual(['RATE_LIMITED']);
});

test('of many tries at the same instant no more are looked at than are free', async () => {
  await aUser(app, 'dora');

  const codes = await Promise.all(Array.from({ length: 20 }, () => signIn('dora', bad)));

  expect(codes.filter(({ code }) => code === 'UNAUTHENTICATED')).toHaveLength(5);
  expect(codes.filter(({ code }) => code === 'RATE_LIMITED')).toHaveLength(15);
});

test('tries that are free are taken also when the clock of the database was set back', async () => {
  await aUser(app, 'clara');
  expect(await fail('clara', 1)).toEqual(['UNAUTHENTICATED']);
  await later('clara', -60);

  expect(await fail('clara', 4)).toEqual(Array.from({ length: 4 }, () => 'UNAUTHENTICATED'));
  await hold('clara');
  expect(await fail('clara', 1)).toEqual(['RATE_LIMITED']);
});

test('each failure is recorded, and of the tries that come too early only the first in a row', async () => {
  const { changes } = await recording(app, async () => {
    await fail('emil', 5);
    await hold('emil');
    await fail('emil', 4);
  });

  expect(changes.map(({ action, outcome, actor_username }) => [action, outcome, actor_username])).toEqual([
    ...Array.from({ length: 5 }, () => ['login_failed', 'FAILURE', 'emil']),
    ['login_limited', 'DENIED', 'emil'],
  ]);
  await later('emil', 3_601);
  const more = await recording(app, () => fail('emil', 3));
  expect(more.changes.map(({ action }) => action)).toEqual(['login_failed', 'login_limited']);
});

test('an address may fail under many names, and then has to wait whatever the name is; what succeeds is not counted', async () => {
  const address = anAddress();
  await aUser(app, 'fritz');
  await rowsOf(
    app,
    sql`insert into attempt_counts (id, key, tries, last_at) values (gen_random_uuid(), ${hashToken(`login address ${address}`)}, 49, now())`,
  );

  expect((await signIn('fritz', good, address)).code).toBeNull();
  expect((await signIn('fritz', good, address)).code).toBeNull();
  expect((await signIn('gerda', bad, address)).code).toBe('UNAUTHENTICATED');
  await passed(`login address ${address}`, -3_600);
  expect((await signIn('fritz', good, address)).code).toBe('RATE_LIMITED');
  expect((await signIn('fritz', good)).code).toBeNull();
  const [row] = await rowsOf(app, sql`select tries from attempt_counts where key = ${hashToken('login name fritz')}`);
  expect(row).toBeUndefined();
});

test('all addresses of an IPv6 network count as one', async () => {
  await rowsOf(
    app,
    sql`insert into attempt_counts (id, key, tries, last_at) values (gen_random_uuid(), ${hashToken('login address 2001:db8:0:0::/64')}, 50, now() + interval '1 hour')`,
  );

  expect((await signIn('hans', bad, '2001:db8::1')).code).toBe('RATE_LIMITED');
  expect((await signIn('hans', bad, '2001:db8:0:0:ffff::2')).code).toBe('RATE_LIMITED');
  expect((await signIn('hans', bad, '2001:db8:0:1::1')).code).toBe('UNAUTHENTICATED');
});

test('sign-in links that are made up count for the address', async () => {
  const address = anAddress();
  const open = (token: string) => useSignInLink(`${app.url}/sign-in?token=${token}`, { 'x-forwarded-for': address });
  await rowsOf(
    app,
    sql`insert into attempt_counts (id, key, tries, last_at) values (gen_random_uuid(), ${hashToken(`login address ${address}`)}, 49, now())`,
  );

  expect((await open('made-up')).status).toBe(401);
  const limited = await open('made-up');
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await limited.text()).toContain('Too many failed attempts');
});

test('no name that was tried is stored', async () => {
  await fail('a secret that was typed into the wrong field', 1);

  expect(JSON.stringify(await rowsOf(app, sql`select * from attempt_counts`))).not.toContain('secret');
});

describe('at a directory', () => {
  const attempt = async (provider: string, username: string): Promise<string | null> => {
    const query = 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }';
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': anAddress() },
      body: JSON.stringify({ query, variables: { input: { provider, username, password: bad } } }),
    });
    const { errors } = (await response.json()) as Answer;
    return errors?.[0]?.extensions.code ?? null;
  };

  test('all ways to write a name are one name', async () => {
    const admin = await signInBy(app.url);
    for (const [slug, kind] of [
      ['directory', 'LDAP'],
      ['corp', 'AD'],
    ] as const) {
      const config = { url: 'ldap://127.0.0.1:1', baseDn: 'dc=example,dc=org', onFirstSignIn: 'CREATE' };
      await mutated(app, 'createAuthProvider', { slug, name: slug, kind, isEnabled: true, config }, admin);
    }
    const ways = ['Dora', 'DORA', ' dora ', 'CORP\\dora', 'dora@corp.example.org', 'd\u00f3ra', '\uff44ora', 'do\u00adra'];

    const codes: (string | null)[] = [];
    for (const way of ways) codes.push(await attempt('corp', way));

    expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'));
    expect(codes.slice(5).filter((code) => code === 'RATE_LIMITED').length).toBeGreaterThanOrEqual(2);
  });

  test('somebody of the same name elsewhere neither keeps a user out nor gives guesses back', async () => {
    await aUser(app, 'gerd');
    expect(await fail('gerd', 4)).toEqual(Array.from({ length: 4 }, () => 'UNAUTHENTICATED'));
    for (let n = 0; n < 7; n += 1) await attempt('directory', 'gerd');
    expect(await attempt('directory', 'gerd')).toBe('RATE_LIMITED');

    expect((await signIn('gerd', good)).code).toBe(null);
  });
});
