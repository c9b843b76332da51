import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { graphql, signIn, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { mutated, refused } from '../../support/mutation.js';
import { TestSocket } from '../../support/socket.js';
import { useSignInLink } from '../../support/sign-in-link.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const password = 'a password of a test user';
const newPassword = 'another password of that user';
const codeOfMe = async (auth: Auth) => (await graphql(app.url, '{ me { id } }', {}, auth)).errors?.[0]?.extensions.code ?? null;
const codeOfSignIn = async (username: string, secret: string) =>
  (await graphql(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }', { input: { username, password: secret } }))
    .errors?.[0]?.extensions.code ?? null;
const codeOfRefresh = async (refreshToken: string) =>
  (
    await graphql(app.url, 'mutation($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { cursor } }', {
      refreshToken,
    })
  ).errors?.[0]?.extensions.code ?? null;
const openLink = async (path: string) => (await useSignInLink(`${app.url}${path}`)).status;

/** Somebody with every way in: two sessions, a cookie, an open socket and an open feed. */
async function everyWayIn(name: string) {
  const first = await signedIn(app, name);
  const second = await signIn(app.url, name, password);
  const socket = await TestSocket.connect(app.url, first.token);
  const feed = await followFeed(app.url, 'jobEvents', null, second).until('the first page', ({ pages }) => pages.length > 0);
  return { id: first.id, first, second, socket, feed };
}

const endings: Record<string, (id: string, name: string) => Promise<unknown>> = {
  deactivateUser: (id) => mutated(app, 'deactivateUser', { id }, admin),
  resetUserPassword: (id) => mutated(app, 'resetUserPassword', { id, newPassword }, admin),
  deleteUser: (id, username) => mutated(app, 'deleteUser', { id, username }, admin),
};

test.each(Object.keys(endings))('%s ends all tokens, sessions, feeds and sockets at once', async (mutation) => {
  const { id, first, second, socket, feed } = await everyWayIn(mutation);

  await endings[mutation]!(id, mutation);

  // The server looks at open sockets by itself only every five seconds.
  expect(await socket.close(3_000)).toMatchObject({ code: 4403 });
  await feed.until('the end of the feed', ({ isDone }) => isDone, 3_000);
  expect(feed.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  for (const auth of [first, second]) expect(await codeOfMe(auth)).toBe('UNAUTHENTICATED');
  expect(await codeOfRefresh(second.refreshToken)).toBe('UNAUTHENTICATED');
  expect(await codeOfSignIn(mutation, password)).toBe('UNAUTHENTICATED');
});

test('[toolbox-47] a deactivated user keeps the rows of the sessions, each of which is recorded as ended', async () => {
  const { id, second } = await everyWayIn('keeps rows');

  const { result, changes } = await recording(app, () =>
    mutated(app, 'deactivateUser', { id }, admin, 'user { isActive sessions { totalCount } }'),
  );

  expect(result).toEqual({ user: { isActive: false, sessions: { totalCount: 2 } } });
  expect(changes.map(({ action, actor_username }) => [action, actor_username])).toEqual([
    ['identity.user.deactivated', 'admin'],
    ['identity.session.revoked', 'admin'],
    ['identity.session.revoked', 'admin'],
  ]);
  expect(await rowsOf(app, sql`select 1 from sessions where user_id = ${id} and revoked_at is not null`)).toHaveLength(2);
  expect(await codeOfMe(second)).toBe('UNAUTHENTICATED');
});

test('activated again, the user signs in with the password of before, and no session of before comes back', async () => {
  const { id, first } = await everyWayIn('comes back');
  await mutated(app, 'deactivateUser', { id }, admin);
  expect(await codeOfSignIn('comes back', password)).toBe('UNAUTHENTICATED');
  // Such as a sign-in of the same instant that was let in before.
  await rowsOf(app, sql`update sessions set revoked_at = null where id = ${first.sessionId}`);

  const { changes } = await recording(app, () => mutated(app, 'activateUser', { id }, admin));

  expect(changes.map(({ action }) => action).sort()).toEqual(['identity.session.revoked', 'identity.user.activated']);
  expect(await codeOfMe(first)).toBe('UNAUTHENTICATED');
  expect(await codeOfSignIn('comes back', password)).toBeNull();
});

test('who is deactivated is not deactivated again, and who is active is not activated', async () => {
  const { id } = await signedIn(app, 'twice');

  expect(await refused(app, 'activateUser', { id }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'The user is active already',
  });
  await mutated(app, 'deactivateUser', { id }, admin);
  expect(await refused(app, 'deactivateUser', { id }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'The user is deactivated already',
  });
});

test('[mcpbox-52] a password that was reset is the only one, raises the version, and leaves nothing of it in the records', async () => {
  const { id } = await signedIn(app, 'forgetful');

  const { result, changes } = await recording(app, () =>
    mutated(app, 'resetUserPassword', { id, newPassword }, admin, 'user { passwordVersion } signInPath signInPathExpiresAt'),
  );

  expect(result).toEqual({ user: { passwordVersion: 2 }, signInPath: null, signInPathExpiresAt: null });
  expect(await codeOfSignIn('forgetful', newPassword)).toBeNull();
  expect(changes[0]).toMatchObject({ action: 'identity.user.passwordReset', after: { passwordHash: '[redacted]', passwordVersion: 2 } });
  expect(JSON.stringify(changes)).not.toContain(newPassword);
  expect(await refused(app, 'resetUserPassword', { id, newPassword: 'short' }, admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.newPassword'],
  });
});

test('without a new password there is none any more, and of several links only the newest is good', async () => {
  const { id } = await signedIn(app, 'by link');
  const reset = () => mutated(app, 'resetUserPassword', { id }, admin, 'signInPath signInPathExpiresAt');

  const [first, second] = [await reset(), await reset()];

  expect(await codeOfSignIn('by link', password)).toBe('UNAUTHENTICATED');
  expect(await openLink(first.signInPath)).toBe(401);
  expect(await openLink(second.signInPath)).toBe(303);
  expect(await openLink(second.signInPath)).toBe(401);
});

test('a link that was not used ends with the access', async () => {
  const { user, signInPath } = await mutated(app, 'createUser', { username: 'never came' }, admin, 'user { id } signInPath');
  await mutated(app, 'deactivateUser', { id: user.id }, admin);
  await mutated(app, 'activateUser', { id: user.id }, admin);

  expect(await openLink(signInPath)).toBe(401);
});

test('of sign-ins while the password is reset none survives with the old password', async () => {
  const { id } = await signedIn(app, 'racing');
  const attempt = () =>
    graphql(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }', {
      input: { username: 'racing', password },
    });

  const [, ...answers] = await Promise.all([
    mutated(app, 'resetUserPassword', { id, newPassword }, admin),
    ...Array.from({ length: 8 }, attempt),
  ]);

  for (const { data, errors } of answers) {
    // Of so many wrong ones at once, some come too early to be looked at.
    if (errors) expect(['UNAUTHENTICATED', 'RATE_LIMITED']).toContain(errors[0]!.extensions.code);
    else expect(await codeOfMe({ token: data.signIn.accessToken })).toBe('UNAUTHENTICATED');
  }
  expect(await rowsOf(app, sql`select 1 from sessions where user_id = ${id} and revoked_at is null`)).toEqual([]);
});
