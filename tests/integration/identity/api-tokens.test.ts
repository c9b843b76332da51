import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { rightsStream } from '#core/policy/actor.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { authHeaders, data, graphql, signIn, upload, type Auth } from '../../support/client.js';
import { TestEvents } from '../../support/events.js';
import { followFeed } from '../../support/feed.js';
import { aMachine } from '../../support/machine.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { TestSocket } from '../../support/socket.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const enqueue = (auth: Auth) => mutate(app, 'enqueueJob', { name: 'upkeep.trimJobs' }, auth, 'job { id requestedByName }');
const codeOfMe = async (auth: Auth) => (await graphql(app.url, '{ me { id } }', {}, auth)).errors?.[0]?.extensions.code ?? null;

test('a token is shown once, and of it the database keeps a hash, its beginning and its scopes', async () => {
  const owner = await signedIn(app, 'anna', ['operator']);

  const { result, changes } = await recording(app, () =>
    mutated(
      app,
      'createApiToken',
      { name: 'deploy', scopes: ['job:read', 'job:enqueue', 'job:read'], expiresAt: inDays(30) },
      owner,
      'token apiToken { id name prefix scopes isActive expiresAt revokedAt lastUsedAt lastUsedIp owner { username } }',
    ),
  );

  const { token, apiToken } = result;
  expect(token).toMatch(/^sbx_[a-z0-9]{8}_[\w-]{43}$/);
  expect(apiToken).toMatchObject({
    name: 'deploy',
    prefix: token.slice(0, 12),
    scopes: ['job:enqueue', 'job:read'],
    isActive: true,
    revokedAt: null,
    lastUsedAt: null,
    lastUsedIp: null,
    owner: { username: 'anna' },
  });
  expect(changes).toMatchObject([
    { action: 'identity.apiToken.created', actor_username: 'anna', target_id: apiToken.id, after: { tokenHash: '[redacted]' } },
  ]);
  expect(JSON.stringify([await rowsOf(app, sql`select * from api_tokens`), changes])).not.toContain(token.slice(13));
});

test('a program reads and writes as the owner with its token, and the audit trail tells the token', async () => {
  const owner = await signedIn(app, 'bert', ['operator']);
  const machine = await aMachine(app, owner, ['job:enqueue'], { name: 'nightly' });

  const { result, changes } = await recording(app, () => enqueue(machine));

  expect(result.data.enqueueJob.job).toMatchObject({ requestedByName: 'bert' });
  expect(changes).toMatchObject([
    {
      action: 'jobs.job.enqueued',
      actor_id: owner.id,
      actor_username: 'bert',
      actor_role: `token ${machine.prefix} (nightly)`,
      session_id: null,
    },
  ]);
  expect(await data(app.url, '{ me { username } }', {}, machine)).toEqual({ me: { username: 'bert' } });
});

test('a token may do no more than its scopes say, whatever its owner may', async () => {
  const machine = await aMachine(app, admin, ['job:read', 'user:update', 'user:read']);
  await aUser(app, 'superior', [], { isSuperuser: true });
  const other = await aUser(app, 'somebody', ['operator']);

  expect(await refused(app, 'enqueueJob', { name: 'upkeep.trimJobs' }, machine)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'This needs the permission job:enqueue',
  });
  expect(await refused(app, 'assignRole', { userId: other.id, role: 'admin' }, machine)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refused(app, 'updateUser', { id: other.id, expectedRevision: 1, isSuperuser: true }, machine)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Only a superuser makes and unmakes superusers',
  });
  expect(await data(app.url, '{ sessions { totalCount } }', {}, await aMachine(app, await signedIn(app, 'no rights'), []))).toEqual({
    sessions: { totalCount: 1 },
  });
});

test('a token hands out nothing, be it what it holds itself', async () => {
  const machine = await aMachine(app, admin, ['role:manage', 'role:assign', 'user:read', 'job:read']);
  const other = await aUser(app, 'role taker');
  const needsPerson = { code: 'FORBIDDEN', message: 'This takes a person who is signed in: no API token may do it' };

  expect(await refused(app, 'createRole', { slug: 'too-much', name: 'Too much', permissions: ['audit:read'] }, machine)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Nobody gives what they do not hold themselves: audit:read',
  });
  expect(await refused(app, 'createRole', { slug: 'mine', name: 'Mine', permissions: ['job:read'] }, machine)).toMatchObject(needsPerson);
  expect(await refused(app, 'assignRole', { userId: other.id, role: 'viewer' }, machine)).toMatchObject(needsPerson);
  await mutated(app, 'createRole', { slug: 'nothing', name: 'Nothing' }, machine);
});

test('what the owner loses, the token loses within a second, and with a scope comes nothing that the owner does not hold', async () => {
  await aRole(app, 'starter', ['job:enqueue']);
  const owner = await signedIn(app, 'carl', ['starter']);
  const machine = await aMachine(app, owner, ['job:enqueue']);
  expect((await enqueue(machine)).errors).toBeUndefined();

  await mutated(app, 'removeRole', { userId: owner.id, role: 'starter' }, admin);

  expect((await enqueue(machine)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await mutated(app, 'assignRole', { userId: owner.id, role: 'starter' }, admin);
  expect((await enqueue(machine)).errors).toBeUndefined();
});

const inPerson: [string, object][] = [
  ['createApiToken', { name: 'more', scopes: [], expiresAt: inDays(1) }],
  ['revokeApiToken', { id: admin.sessionId }],
  ['changePassword', { newPassword: 'a password for the program' }],
  ['updateProfile', { expectedRevision: 1, fullName: 'A program' }],
  ['resetUserPassword', { id: admin.sessionId }],
  ['revokeSession', { id: admin.sessionId }],
  ['endAllSessions', {}],
  ['deleteUser', { id: admin.sessionId, username: 'admin' }],
  ['assignRole', { userId: admin.sessionId, role: 'viewer' }],
  ['grantPermission', { roleId: admin.sessionId, permission: 'job:read' }],
  ['enableAuthProvider', { id: admin.sessionId }],
  ['disableAuthProvider', { id: admin.sessionId }],
  ['deleteAuthProvider', { id: admin.sessionId }],
  ['unlinkSsoIdentity', { id: admin.sessionId }],
];

test.each(inPerson)('a token may not %s, whatever its scopes', async (mutation, input) => {
  const { permissions } = await data(app.url, '{ permissions(first: 500) { nodes { name } } }', {}, admin);
  const machine = await aMachine(
    app,
    admin,
    permissions.nodes.map(({ name }: { name: string }) => name),
  );

  expect(await refused(app, mutation, input, machine)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'This takes a person who is signed in: no API token may do it',
  });
});

test('a token cannot sign its owner out', async () => {
  const machine = await aMachine(app, admin, []);

  const answer = await graphql(app.url, 'mutation { signOut { isSignedOut } }', {}, machine);

  expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('a token is made of permissions that there are and that the caller holds, and for a time that is allowed', async () => {
  const owner = await signedIn(app, 'dora', ['viewer']);
  const good = { name: 'good', scopes: ['job:read'], expiresAt: inDays(365) };

  expect(await refused(app, 'createApiToken', { ...good, scopes: ['job:read', 'user:read'] }, owner)).toEqual({
    code: 'FORBIDDEN',
    paths: undefined,
    message: 'Nobody gives what they do not hold themselves: user:read',
  });
  expect(await refused(app, 'createApiToken', { name: ' ', scopes: ['job:fly'], expiresAt: inDays(366) }, owner)).toEqual({
    code: 'BAD_USER_INPUT',
    paths: ['input.name', 'input.expiresAt', 'input.scopes'],
    message:
      'name has 1 to 100 characters, no control characters and no blanks around them; expiresAt must be in the future, at most 365 days away; There is no permission job:fly',
  });
  expect(await refused(app, 'createApiToken', { ...good, expiresAt: inDays(-1) }, owner)).toMatchObject({ paths: ['input.expiresAt'] });
  await mutated(app, 'createApiToken', { ...good, expiresAt: inDays(364) }, owner);
});

test('a revoked token ends what it has open within a second, and its row stays', async () => {
  const owner = await signedIn(app, 'emil', ['operator']);
  const machine = await aMachine(app, owner, ['job:read']);
  const socket = await TestSocket.connect(app.url, machine.token);
  const feed = await followFeed(app.url, 'jobEvents', null, machine).until('the first page', ({ pages }) => pages.length > 0);
  const events = await new TestEvents(app.url, 'subscription { jobEvents { state cursor items { id } } }', machine).until(
    'the first page',
    ({ pages }) => pages.length > 0,
  );

  const { changes } = await recording(app, () => mutated(app, 'revokeApiToken', { id: machine.id }, owner));

  // The server looks at what is open by itself only every five seconds.
  expect(await socket.close(3_000)).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: The API token has expired or was revoked' });
  await feed.until('the end of the feed', ({ isDone }) => isDone, 3_000);
  await events.until('the end of the stream', ({ end }) => end !== null, 3_000);
  expect([feed.errors, events.errors]).toMatchObject([
    [{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }],
    [{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }],
  ]);
  expect(await codeOfMe(machine)).toBe('UNAUTHENTICATED');
  expect(await codeOfMe(owner)).toBeNull();
  expect(changes).toMatchObject([{ action: 'identity.apiToken.revoked', target_id: machine.id, before: { revokedAt: null } }]);
  expect((await data(app.url, '{ me { apiTokens { nodes { id isActive } } } }', {}, owner)).me.apiTokens.nodes).toEqual([
    { id: machine.id, isActive: false },
  ]);
  expect(await refused(app, 'revokeApiToken', { id: machine.id }, owner)).toMatchObject({ code: 'PRECONDITION_FAILED' });
});

test('a token whose time is over ends what it has open by itself', async () => {
  const machine = await aMachine(app, admin, ['job:read'], { lastsMs: 8_000 });
  const socket = await TestSocket.connect(app.url, machine.token);

  expect(await socket.close(20_000)).toMatchObject({ code: 4403 });
  expect(await codeOfMe(machine)).toBe('UNAUTHENTICATED');
});

const endings: Record<string, (owner: Auth & { id: string }, username: string) => Promise<unknown>> = {
  deactivateUser: ({ id }) => mutated(app, 'deactivateUser', { id }, admin),
  resetUserPassword: ({ id }) => mutated(app, 'resetUserPassword', { id }, admin),
  deleteUser: ({ id }, username) => mutated(app, 'deleteUser', { id, username }, admin),
  changePassword: (owner) =>
    mutated(app, 'changePassword', { currentPassword: 'a password of a test user', newPassword: 'another password of that user' }, owner),
};

test.each(Object.keys(endings))('[mcpbox-52] %s ends the API tokens of the user, and their sockets', async (mutation) => {
  const owner = await signedIn(app, `owner of ${mutation}`, ['viewer']);
  const machine = await aMachine(app, owner, ['job:read']);
  const socket = await TestSocket.connect(app.url, machine.token);

  await endings[mutation]!(owner, `owner of ${mutation}`);

  expect(await socket.close(3_000)).toMatchObject({ code: 4403 });
  expect(await codeOfMe(machine)).toBe('UNAUTHENTICATED');
});

test('a user who is deactivated behind the back of the API has no token that works, and no socket', async () => {
  const owner = await signedIn(app, 'fritz', ['viewer']);
  const machine = await aMachine(app, owner, ['job:read']);
  const socket = await TestSocket.connect(app.url, machine.token);

  await rowsOf(app, sql`update users set is_active = false where id = ${owner.id}`);
  app.system.bell.ring(rightsStream);

  expect(await socket.close(3_000)).toMatchObject({ code: 4403 });
  expect(await codeOfMe(machine)).toBe('UNAUTHENTICATED');
});

test('a token works for uploads, the audit export and the files of jobs, as far as its scopes go', async () => {
  const machine = await aMachine(app, admin, ['file:upload', 'audit:read']);
  const bare = await aMachine(app, admin, []);
  const statusOf = async (path: string, auth: Auth) => {
    const response = await fetch(`${app.url}${path}`, { headers: authHeaders(auth) });
    await response.body?.cancel();
    return response.status;
  };

  expect(await upload(app.url, 'content', 'notes.log', machine)).toMatch(/^[\da-f-]{36}$/);
  await expect(upload(app.url, 'content', 'notes.log', bare)).rejects.toThrow('file:upload');
  expect([await statusOf('/audit/export.ndjson', machine), await statusOf('/audit/export.ndjson', bare)]).toEqual([200, 403]);
  expect([await statusOf('/files/none', machine), await statusOf('/files/none', { token: `${machine.token}x` })]).toEqual([404, 401]);
});

test('when and from where a token was last used is noted to the minute', async () => {
  const owner = await signedIn(app, 'gerda');
  const machine = await aMachine(app, owner, []);
  const used = async () =>
    (await data(app.url, '{ me { apiTokens { nodes { lastUsedAt lastUsedIp } } } }', {}, owner)).me.apiTokens.nodes[0];
  expect(await used()).toEqual({ lastUsedAt: null, lastUsedIp: null });

  await codeOfMe(machine);
  const first = await used();
  await rowsOf(
    app,
    sql`update api_tokens set last_used_at = now() - interval '59 seconds', last_used_ip = '10.0.0.1' where id = ${machine.id}`,
  );
  app.system.bell.ring(rightsStream);
  await codeOfMe(machine);
  const soon = await used();
  await rowsOf(app, sql`update api_tokens set last_used_at = now() - interval '61 seconds' where id = ${machine.id}`);
  app.system.bell.ring(rightsStream);
  await codeOfMe(machine);

  expect(first).toEqual({ lastUsedAt: expect.any(String), lastUsedIp: '127.0.0.1' });
  expect(soon.lastUsedIp).toBe('10.0.0.1');
  expect((await used()).lastUsedIp).toBe('127.0.0.1');
});

test('everybody sees their own tokens; holders of token:manage see and revoke those of all', async () => {
  const owner = await signedIn(app, 'hans');
  const stranger = await signedIn(app, 'ines');
  await aRole(app, 'token-guard', ['token:manage']);
  const guard = await signedIn(app, 'jens', ['token-guard']);
  const machine = await aMachine(app, owner, []);
  const listed = async (auth: Auth) =>
    (await data(app.url, 'query($id: ID!) { apiTokens(filter: { id: { eq: $id } }) { totalCount } }', { id: machine.id }, auth)).apiTokens
      .totalCount;

  expect([await listed(owner), await listed(stranger), await listed(guard)]).toEqual([1, 0, 1]);
  expect(await refused(app, 'revokeApiToken', { id: machine.id }, stranger)).toMatchObject({ code: 'NOT_FOUND' });
  await mutated(app, 'revokeApiToken', { id: machine.id }, guard);
  expect(await codeOfMe(machine)).toBe('UNAUTHENTICATED');
});

test('a session is no list of tokens: the own sessions show none of them', async () => {
  const owner = await signedIn(app, 'karl');
  await codeOfMe(await aMachine(app, owner, []));

  expect(await data(app.url, '{ me { sessions { totalCount } apiTokens { totalCount } } }', {}, owner)).toEqual({
    me: { sessions: { totalCount: 1 }, apiTokens: { totalCount: 1 } },
  });
});
