import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { codeOf, confirmTotp } from '../../support/totp.js';
import { setTo } from '../../support/settings.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const password = 'a password of a test user';
const set = (key: string, value: unknown) => setTo(app, key, value, admin);
const age = (sessionId: string, minutes: number) =>
  rowsOf(
    app,
    sql`update sessions set created_at = now() - make_interval(mins => ${minutes}), reauthenticated_at = null where id = ${sessionId}`,
  );

test('sensitive operations ask for a fresh proof, and reauthenticateSession gives it', async () => {
  const rex = await signedIn(app, 'rex', ['admin'], { isSuperuser: true });
  const { id } = await aUser(app, 'victim');
  await age(rex.sessionId, 721);

  for (const [name, input] of [
    ['deleteUser', { id, username: 'victim' }],
    ['resetUserPassword', { id }],
    ['resetUserTotp', { id }],
    ['setAdminRole', { userId: id }],
    ['inviteAdmin', { email: 'new@example.org' }],
    ['disableTotp', { code: '123456' }],
    ['assignRole', { userId: id, role: 'viewer' }],
    ['createUser', { username: 'root', password, isSuperuser: true }],
    ['createUser', { username: 'viewer', password, roles: ['viewer'] }],
    ['createUser', { username: 'sure', password, email: 'sure@example.org', isVerified: true }],
    ['createRole', { slug: 'made', name: 'Made', permissions: ['job:read'] }],
    ['updateUser', { id, expectedRevision: 1, email: 'mine@example.org' }],
    ['updateProfile', { expectedRevision: 1, email: 'mine@example.org' }],
    ['regenerateRecoveryCodes', { code: '123456' }],
  ] as const) {
    expect(await refused(app, name, input, rex)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await mutate(app, name, input, rex)).errors![0]!.extensions).toMatchObject({ reason: 'REAUTHENTICATION_REQUIRED' });
  }
  expect((await graphql(app.url, 'mutation { startTotp { cursor } }', {}, rex)).errors![0]!.extensions).toMatchObject({
    reason: 'REAUTHENTICATION_REQUIRED',
  });
  await mutated(app, 'updateUser', { id, expectedRevision: 1, fullName: 'Vic' }, rex);

  expect(await refused(app, 'reauthenticateSession', { password: 'wrong' }, rex)).toMatchObject({ code: 'FORBIDDEN' });
  const { session } = await mutated(app, 'reauthenticateSession', { password }, rex, 'session { id reauthenticatedAt }');
  expect(session).toEqual({ id: rex.sessionId, reauthenticatedAt: expect.any(String) });
  await mutated(app, 'setAdminRole', { userId: id }, rex);

  // The proof belongs to the session that gave it.
  const other = await signIn(app.url, 'rex', password);
  await age(other.sessionId, 721);
  expect(await refused(app, 'deleteUser', { id, username: 'victim' }, other)).toMatchObject({ code: 'FORBIDDEN' });
});

test('whoever has a second factor shows it too', async () => {
  const two = await signedIn(app, 'two', ['admin']);
  const { startTotp } = await data(app.url, 'mutation { startTotp { secret } }', {}, two);
  await confirmTotp(app, two, startTotp.secret);

  expect((await mutate(app, 'reauthenticateSession', { password }, two)).errors![0]!.extensions).toMatchObject({ reason: 'TOTP_REQUIRED' });
  expect((await mutate(app, 'reauthenticateSession', { totpCode: codeOf(startTotp.secret) }, two)).errors).toMatchObject([
    { message: 'The password is wrong' },
  ]);
  await mutated(app, 'reauthenticateSession', { password, totpCode: codeOf(startTotp.secret) }, two);
});

test('how old a proof may be is a setting, and 0 asks for none', async () => {
  const rob = await signedIn(app, 'rob', ['admin']);
  const { id } = await aUser(app, 'somebody');
  await age(rob.sessionId, 30);
  await mutated(app, 'setAdminRole', { userId: id }, rob);

  await set('accounts.reauthenticationMinutes', 20);
  expect(await refused(app, 'setAdminRole', { userId: id }, rob)).toMatchObject({ code: 'FORBIDDEN' });
  await set('accounts.reauthenticationMinutes', 0);
  await mutated(app, 'setAdminRole', { userId: id }, rob);
  await set('accounts.reauthenticationMinutes', 720);
});

test.each([
  ['idle for too long', sql`last_activity_at = now() - interval '61 minutes'`, 'sessions.idleMinutes', 60, 62],
  ['going on for too long', sql`created_at = now() - interval '25 hours'`, 'sessions.absoluteDays', 1, 2],
])('a session that is %s is over, without a restart, for tokens, cookies and refreshing alike', async (name, past, key, strict, loose) => {
  const username = name.replaceAll(' ', '-');
  await aUser(app, username);
  const { signIn: opened } = await data(
    app.url,
    'mutation($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken session { id } } }',
    { input: { username, password } },
  );
  const auth = { token: opened.accessToken as string };
  const id = opened.session.id as string;
  const code = async () => (await graphql(app.url, '{ me { username } }', {}, auth)).errors?.[0]!.extensions.code ?? null;
  const spoil = () => rowsOf(app, sql`update sessions set ${past} where id = ${id}`);

  await set(key, loose);
  await spoil();
  expect(await code()).toBe(null);

  await spoil();
  await set(key, strict);
  await expect.poll(code, { timeout: 20_000 }).toBe('UNAUTHENTICATED');
  const refresh = () => mutate(app, 'refreshSession', { refreshToken: opened.refreshToken });
  expect((await refresh()).errors).toMatchObject([{ message: 'The session is over: sign in again' }]);

  await set(key, loose);
  await spoil();
  await expect.poll(code, { timeout: 20_000 }).toBe(null);
  expect((await refresh()).errors).toBe(undefined);
});

test('a new session lasts as long as the setting says', async () => {
  await set('sessions.absoluteDays', 3);
  const { sessionId } = await signedIn(app, 'brief');
  expect(await rowsOf(app, sql`select expires_at - created_at = interval '3 days' as fits from sessions where id = ${sessionId}`)).toEqual([
    { fits: true },
  ]);
  await set('sessions.absoluteDays', 30);
});
