import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const currentPassword = 'a password of a test user';
const newPassword = 'another password of a test user';

const mutation = `mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
  accessToken refreshToken session { id isActive } user { username passwordVersion } } }`;
const change = (input: object, auth: Auth = {}) => graphql(app.url, mutation, { input }, auth);
const userRow = async (username: string) => (await rowsOf(app, sql`select * from users where username = ${username}`))[0]!;
const codeOfMe = async (auth: Auth) => (await graphql(app.url, '{ me { id } }', {}, auth)).errors?.[0]?.extensions.code ?? null;
const codeOfSignIn = async (username: string, password: string) =>
  (await graphql(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }', { input: { username, password } }))
    .errors?.[0]?.extensions.code ?? null;

test('[mcpbox-52] changing the password raises its version, and no token from before works any more', async () => {
  const user = await signedIn(app, 'anna');
  const other = await signIn(app.url, 'anna', currentPassword);
  const feed = await followFeed(app.url, 'jobEvents', null, other).until('the first page', ({ pages }) => pages.length > 0);
  const before = await userRow('anna');

  const { result, changes } = await recording(app, () => change({ currentPassword, newPassword }, user));

  const { accessToken, session, user: shown } = result.data.changePassword;
  expect(shown).toEqual({ username: 'anna', passwordVersion: before.password_version + 1 });
  for (const auth of [user, other]) expect(await codeOfMe(auth)).toBe('UNAUTHENTICATED');
  await feed.until('the end of the feed', ({ isDone }) => isDone);
  expect(feed.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  const refreshed = await graphql(
    app.url,
    'mutation($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { cursor } }',
    { refreshToken: other.refreshToken },
  );
  expect(refreshed.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(await codeOfMe({ token: accessToken })).toBeNull();
  expect(session.isActive).toBe(true);
  expect(await codeOfSignIn('anna', currentPassword)).toBe('UNAUTHENTICATED');
  expect(await codeOfSignIn('anna', newPassword)).toBeNull();

  const after = await userRow('anna');
  expect(after.password_hash).toMatch(/^\$argon2id\$/);
  expect(changes.map(({ action }) => action).sort()).toEqual(['identity.session.revoked', 'identity.session.revoked', 'password_changed']);
  expect(changes.find(({ action }) => action === 'password_changed')).toMatchObject({
    actor_id: user.id,
    target_id: user.id,
    before: { passwordHash: '[redacted]', passwordVersion: 1 },
    after: { passwordHash: '[redacted]', passwordVersion: 2 },
  });
  for (const secret of [before.password_hash, after.password_hash, newPassword]) expect(JSON.stringify(changes)).not.toContain(secret);
});

test('a cookie from before ends with the password, and a new one is set when it was asked for', async () => {
  await signedIn(app, 'bert');
  const cookieOf = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return /^signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  };
  const cookie = await cookieOf({
    query: 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }',
    variables: { input: { username: 'bert', password: currentPassword, withCookie: true } },
  });

  const fresh = await cookieOf(
    { query: mutation, variables: { input: { currentPassword, newPassword, withCookie: true } } },
    { cookie: `signalbox_session=${cookie}` },
  );

  expect(await data(app.url, '{ me { username } }', {}, { cookie: fresh! })).toEqual({ me: { username: 'bert' } });
  expect(await data(app.url, '{ me { username } }', {}, { cookie: cookie! })).toEqual({ me: null });
});

test('a wrong current password changes nothing, and only the attempt is recorded', async () => {
  const user = await signedIn(app, 'carl');
  const before = await userRow('carl');

  const { result, changes } = await recording(app, async () => [
    await change({ currentPassword: 'not the password', newPassword }, user),
    await change({ newPassword }, user),
  ]);

  for (const answer of result)
    expect(answer).toMatchObject({
      data: null,
      errors: [{ message: 'The current password is wrong', path: ['changePassword'], extensions: { code: 'FORBIDDEN' } }],
    });
  expect(await userRow('carl')).toEqual(before);
  expect(await codeOfMe(user)).toBeNull();
  expect(changes).toMatchObject(
    result.map(() => ({ action: 'changePassword.denied', outcome: 'DENIED', actor_id: user.id, target_id: null })),
  );
});

test.each([
  { name: 'one character too short', password: 'x'.repeat(11), isTaken: false },
  { name: 'empty', password: '', isTaken: false },
  { name: 'one character too long', password: 'x'.repeat(257), isTaken: false },
  { name: 'just long enough', password: 'x'.repeat(12), isTaken: true },
  { name: 'as long as it may be', password: 'x'.repeat(256), isTaken: true },
])('a new password that is $name is taken: $isTaken', async ({ name, password, isTaken }) => {
  const user = await signedIn(app, name);
  const before = await userRow(name);

  const { result, changes } = await recording(app, () => change({ currentPassword, newPassword: password }, user));

  expect(await codeOfSignIn(name, password)).toBe(isTaken ? null : 'UNAUTHENTICATED');
  if (isTaken) return expect(result.errors).toBeUndefined();
  expect(result.errors).toMatchObject([
    { message: 'A password has 12 to 256 characters', extensions: { code: 'BAD_USER_INPUT', paths: ['input.newPassword'] } },
  ]);
  expect((await userRow(name)).password_hash).toBe(before.password_hash);
  expect(changes).toEqual([]);
});

test('a user who has no password yet sets one without a current one', async () => {
  const user = await signedIn(app, 'dora');
  await rowsOf(app, sql`update users set password_hash = null where id = ${user.id}`);

  const answer = await change({ newPassword }, user);

  expect(answer.errors).toBeUndefined();
  expect(await codeOfSignIn('dora', newPassword)).toBeNull();
});

test('without signing in no password is changed', async () => {
  const { result, changes } = await recording(app, () => change({ currentPassword, newPassword }));

  expect(result.errors).toMatchObject([{ path: ['changePassword'], extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(changes).toMatchObject([{ action: 'changePassword.denied', outcome: 'DENIED', actor_username: 'anonymous' }]);
});

test('of two changes at the same instant exactly one happens', async () => {
  const user = await signedIn(app, 'emil');
  const passwords = ['the first new password', 'the second new password'];

  const answers = await Promise.all(passwords.map((password) => change({ currentPassword, newPassword: password }, user)));

  const winner = answers.findIndex(({ errors }) => !errors);
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
  expect((await userRow('emil')).password_version).toBe(2);
  expect(await codeOfSignIn('emil', passwords[winner]!)).toBeNull();
  expect(await codeOfSignIn('emil', passwords[1 - winner]!)).toBe('UNAUTHENTICATED');
});
