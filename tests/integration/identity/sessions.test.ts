import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { rightsStream } from '#core/policy/actor.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { eventually } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const idle = await startTestApp({ ROLE: 'api', HEARTBEAT_MS: '60000' });
await aRole(app, 'session-reader', ['session:read']);
await aRole(app, 'session-guard', ['session:read', 'session:revoke']);
const admin = await signIn(app.url);

const revoke = (id: string, auth: Auth = {}) =>
  graphql(app.url, 'mutation($id: ID!) { revokeSession(input: { id: $id }) { session { id revokedAt isActive } } }', { id }, auth);
const endAll = (auth: Auth, userId?: string) =>
  graphql(app.url, 'mutation($userId: ID) { endAllSessions(input: { userId: $userId }) { endedCount } }', { userId }, auth);
const row = async (id: string) => (await rowsOf(app, sql`select * from sessions where id = ${id}`))[0]!;
const codeOfMe = async (auth: Auth) => (await graphql(app.url, '{ me { id } }', {}, auth)).errors?.[0]?.extensions.code ?? null;

/** One more session of a user of the tests. */
const again = async (username: string) => signIn(app.url, username, 'a password of a test user');

test('[toolbox-47] revoking a session sets the time and keeps the row', async () => {
  const user = await signedIn(app, 'anna');
  const other = await again('anna');
  const before = await row(other.sessionId);

  const { result, changes } = await recording(app, () => revoke(other.sessionId, user));

  const after = await row(other.sessionId);
  expect(before.revoked_at).toBeNull();
  expect(after.revoked_at).not.toBeNull();
  expect(after).toEqual({ ...before, revoked_at: after.revoked_at, revision: before.revision + 1, updated_at: after.updated_at });
  expect(result.data.revokeSession.session).toEqual({
    id: other.sessionId,
    revokedAt: new Date(after.revoked_at).toISOString(),
    isActive: false,
  });
  expect(changes).toMatchObject([
    {
      action: 'identity.session.revoked',
      outcome: 'SUCCESS',
      actor_id: user.id,
      actor_username: 'anna',
      target_type: 'Session',
      target_id: other.sessionId,
      before: { revokedAt: null },
      after: { revokedAt: new Date(after.revoked_at).toISOString() },
    },
  ]);
});

test('the token of a revoked session stops working at once, and those of other sessions go on', async () => {
  const user = await signedIn(app, 'bert');
  const other = await again('bert');
  expect(await codeOfMe(other)).toBeNull();

  await revoke(other.sessionId, user);

  expect(await codeOfMe(other)).toBe('UNAUTHENTICATED');
  expect(await codeOfMe(user)).toBeNull();
});

test('one may revoke the very session that asks', async () => {
  const user = await signedIn(app, 'carl');

  const answer = await revoke(user.sessionId, user);

  expect(answer.data.revokeSession.session).toMatchObject({ id: user.sessionId, isActive: false });
  expect(await codeOfMe(user)).toBe('UNAUTHENTICATED');
});

const denied: { who: string; roles: string[]; code: string; message: (id: string) => string }[] = [
  { who: 'a user who cannot see it', roles: ['operator'], code: 'NOT_FOUND', message: (id) => `Session ${id} was not found` },
  {
    who: 'a user who can only see it',
    roles: ['session-reader'],
    code: 'FORBIDDEN',
    message: () => 'This needs the permission session:revoke',
  },
];

test.each(denied)("$who cannot revoke somebody else's session", async ({ who, roles, code, message }) => {
  const victim = await signedIn(app, `victim of ${who}`);
  const user = await signedIn(app, who, roles);
  const before = await row(victim.sessionId);

  const { result, changes } = await recording(app, () => revoke(victim.sessionId, user));

  expect(result).toMatchObject({
    data: null,
    errors: [{ message: message(victim.sessionId), path: ['revokeSession'], extensions: { code } }],
  });
  expect(await row(victim.sessionId)).toEqual(before);
  expect(changes).toMatchObject([
    { action: 'revokeSession.denied', outcome: 'DENIED', actor_id: user.id, actor_username: who, message: message(victim.sessionId) },
  ]);
});

test('nobody who is not signed in can revoke a session', async () => {
  const user = await signedIn(app, 'emil');

  const { result, changes } = await recording(app, () => revoke(user.sessionId));

  expect(result.errors).toMatchObject([{ path: ['revokeSession'], extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await row(user.sessionId)).revoked_at).toBeNull();
  expect(changes).toMatchObject([{ action: 'revokeSession.denied', outcome: 'DENIED', actor_id: null, actor_username: 'anonymous' }]);
});

test('a holder of session:revoke revokes the session of anybody', async () => {
  const user = await signedIn(app, 'fred');
  const guard = await signedIn(app, 'gerd', ['session-guard']);

  const { changes } = await recording(app, () => revoke(user.sessionId, guard));

  expect(await codeOfMe(user)).toBe('UNAUTHENTICATED');
  expect(changes).toMatchObject([{ action: 'identity.session.revoked', actor_id: guard.id, target_id: user.sessionId }]);
});

test('a session that was revoked before stays as it was', async () => {
  const user = await signedIn(app, 'hans');
  const other = await again('hans');
  await revoke(other.sessionId, user);
  const before = await row(other.sessionId);

  const { result, changes } = await recording(app, () => revoke(other.sessionId, user));

  expect(result.errors).toMatchObject([{ message: 'The session was ended before', extensions: { code: 'PRECONDITION_FAILED' } }]);
  expect(await row(other.sessionId)).toEqual(before);
  expect(changes).toEqual([]);
});

test.each(['x', '01a1fc72-0000-7007-8000-000000000000', ''])('there is no session %j to revoke', async (id) => {
  const answer = await revoke(id, admin);

  expect(answer.errors).toMatchObject([{ message: `Session ${id} was not found`, extensions: { code: 'NOT_FOUND' } }]);
});

const past = sql`now() - interval '1 minute'`;
const future = sql`now() + interval '1 minute'`;

test.each([
  { name: 'unexpired, not revoked', expiresAt: future, revokedAt: sql`null`, isActive: true, isExpired: false },
  { name: 'expired, not revoked', expiresAt: past, revokedAt: sql`null`, isActive: false, isExpired: true },
  { name: 'unexpired, revoked', expiresAt: future, revokedAt: past, isActive: false, isExpired: false },
  { name: 'expired, revoked', expiresAt: past, revokedAt: past, isActive: false, isExpired: true },
])('[toolbox-48] [cdsa-09] the session $name is valid: $isActive', async ({ name, expiresAt, revokedAt, isActive, isExpired }) => {
  const user = await signedIn(app, `user of ${name}`);
  const { refreshToken, token, sessionId } = await again(`user of ${name}`);
  await rowsOf(app, sql`update sessions set expires_at = ${expiresAt}, revoked_at = ${revokedAt} where id = ${sessionId}`);

  const shown = await data(app.url, 'query($id: ID!) { session(id: $id) { isActive isExpired } }', { id: sessionId }, user);
  const refreshed = await graphql(
    app.url,
    'mutation($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { session { id } } }',
    { refreshToken },
  );

  expect(shown).toEqual({ session: { isActive, isExpired } });
  expect(await codeOfMe({ token })).toBe(isActive ? null : 'UNAUTHENTICATED');
  expect(refreshed.errors?.[0]?.extensions.code).toBe(isActive ? undefined : 'UNAUTHENTICATED');
});

test('[taylordash-25] a session tells the address, the user agent and the last activity of its client', async () => {
  const user = await signedIn(app, 'ivan');
  const other = await again('ivan');
  const read = async () =>
    (await data(app.url, 'query($id: ID!) { session(id: $id) { ipAddress userAgent lastActivityAt } }', { id: other.sessionId }, user))
      .session;
  const ago = new Date(Date.now() - 120_000).toISOString();
  await rowsOf(app, sql`update sessions set last_activity_at = ${ago}, user_agent = 'curl/8' where id = ${other.sessionId}`);
  expect(await read()).toEqual({ ipAddress: '127.0.0.1', userAgent: 'curl/8', lastActivityAt: ago });

  await codeOfMe(other);
  const { lastActivityAt } = await read();

  expect(Date.parse(lastActivityAt)).toBeGreaterThan(Date.parse(ago) + 110_000);
  await codeOfMe(other);
  expect((await read()).lastActivityAt).toBe(lastActivityAt);
});

test('ending all sessions ends every one that was not over, and counts them', async () => {
  const user = await signedIn(app, 'jana');
  const others = [await again('jana'), await again('jana')];
  const over = await again('jana');
  await revoke(over.sessionId, user);
  const expired = await again('jana');
  await rowsOf(app, sql`update sessions set expires_at = now() where id = ${expired.sessionId}`);

  const { result, changes } = await recording(app, () => endAll(user));

  expect(result.data).toEqual({ endAllSessions: { endedCount: 3 } });
  for (const each of [user, ...others]) expect(await codeOfMe(each)).toBe('UNAUTHENTICATED');
  expect(changes.map(({ action, target_id }) => [action, target_id]).sort()).toEqual(
    [user, ...others].map(({ sessionId }) => ['identity.session.revoked', sessionId]).sort(),
  );
  expect((await row(expired.sessionId)).revoked_at).toBeNull();
});

test("a user without session:revoke cannot end somebody else's sessions", async () => {
  const victim = await signedIn(app, 'karl');
  const user = await signedIn(app, 'lars', ['operator', 'session-reader']);

  const { result, changes } = await recording(app, () => endAll(user, victim.id));

  expect(result.errors).toMatchObject([{ message: `User ${victim.id} was not found`, extensions: { code: 'NOT_FOUND' } }]);
  expect((await row(victim.sessionId)).revoked_at).toBeNull();
  expect(changes).toMatchObject([{ action: 'endAllSessions.denied', outcome: 'DENIED', actor_id: user.id, target_id: null }]);
});

test('a holder of session:revoke ends all sessions of another user, and keeps the own', async () => {
  const user = await signedIn(app, 'mona');
  const guard = await signedIn(app, 'nils', ['session-guard']);

  const answer = await endAll(guard, user.id);

  expect(answer.data).toEqual({ endAllSessions: { endedCount: 1 } });
  expect(await codeOfMe(user)).toBe('UNAUTHENTICATED');
  expect(await codeOfMe(guard)).toBeNull();
});

test('the tokens of a user who was deactivated stop working', async () => {
  const user = await signedIn(app, 'otto');
  expect(await codeOfMe(user)).toBeNull();

  await rowsOf(app, sql`update users set is_active = false where id = ${user.id}`);
  app.system.bell.ring(rightsStream);

  expect(await codeOfMe(user)).toBe('UNAUTHENTICATED');
});

test('a running feed ends when its session is revoked, and the open socket can do nothing more', async () => {
  const user = await signedIn(app, 'olga');
  const listening = app.system.bell.listening;
  const feed = await followFeed(app.url, 'jobEvents', null, user).until('the first page', ({ pages }) => pages.length > 0);
  const socket = await TestSocket.connect(app.url, user.token);

  await revoke(user.sessionId, admin);

  await feed.until('its end', ({ isDone }) => isDone);
  expect(feed.errors).toEqual([
    { message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } },
  ]);
  await eventually(
    'the feed to stop listening',
    () => app.system.bell.listening,
    (now) => now === listening,
  );
  expect(await socket.ask('1', '{ me { username } }')).toEqual({
    id: '1',
    type: 'error',
    payload: [{ message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED' } }],
  });
  await feed.stop();
  await socket.end();
});

test('a revoked session ends its sockets within a second, however idle their feeds are', async () => {
  const { token } = await signIn(idle.url);
  const other = await signIn(idle.url);
  const socket = await TestSocket.connect(idle.url, other.token);
  await socket.ask('1', 'subscription { jobEvents { state } }');

  await data(idle.url, 'mutation($id: ID!) { revokeSession(input: { id: $id }) { cursor } }', { id: other.sessionId }, { token });

  expect((await socket.close(2_000)).code).toBe(4403);
});
