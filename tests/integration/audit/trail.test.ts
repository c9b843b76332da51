import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { TestFeed } from '../../support/feed.js';
import { eventually } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const adminId = decodeJwt(admin.token).sub!;
await aRole(app, 'auditor', ['audit:read', 'user:read', 'session:read']);
const auditor = await signedIn(app, 'aura', ['auditor']);
const viewer = await signedIn(app, 'vera', ['viewer']);

const fields = `id position action severity outcome actor { username } actorId actorUsername actorRole session { id } sessionId targetType targetId targetName
  changes details message errorMessage requestId traceId ipAddress userAgent isSensitive retentionDays ageDays shouldBeRetained createdAt`;
const entries = async (filter: object, auth = auditor, selection = 'action') =>
  (
    await data(
      app.url,
      `query($filter: AuditEntryFilter) { auditEntries(last: 500, filter: $filter) { totalCount nodes { ${selection} } } }`,
      { filter },
      auth,
    )
  ).auditEntries;
const revoke = (id: string, auth: { token?: string }) =>
  graphql(app.url, 'mutation($id: ID!) { revokeSession(input: { id: $id }) { session { id } cursor } }', { id }, auth);

test('an entry tells who did what to what, as whom, from where, and what it changed', async () => {
  const victim = await signedIn(app, 'victim');

  await revoke(victim.sessionId, admin);

  const { nodes } = await entries({ targetId: { eq: victim.sessionId }, action: { eq: 'identity.session.revoked' } }, auditor, fields);
  expect(nodes).toEqual([
    {
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7001-/),
      position: expect.any(Number),
      action: 'identity.session.revoked',
      severity: 'INFO',
      outcome: 'SUCCESS',
      actor: { username: 'admin' },
      actorId: adminId,
      actorUsername: 'admin',
      actorRole: 'superuser, admin',
      session: { id: decodeJwt(admin.token).sid },
      sessionId: decodeJwt(admin.token).sid,
      targetType: 'Session',
      targetId: victim.sessionId,
      targetName: null,
      changes: {
        before: { revokedAt: null, updatedAt: expect.any(String) },
        after: { revokedAt: expect.any(String), updatedAt: expect.any(String) },
      },
      details: null,
      message: null,
      errorMessage: null,
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      isSensitive: false,
      retentionDays: 365,
      ageDays: 0,
      shouldBeRetained: true,
      createdAt: expect.any(String),
    },
  ]);
});

test('[toolbox-41] entries are listed by severity and by date', async () => {
  const before = new Date(Date.now() - 60_000).toISOString();
  await graphql(app.url, 'mutation { signIn(input: { username: "mallory", password: "guessed" }) { cursor } }');

  const severe = await eventually(
    'the sign-in to have its place',
    () => entries({ severity: { in: ['MEDIUM', 'HIGH'] }, createdAt: { gte: before } }, auditor, 'severity actorUsername action'),
    ({ nodes }) => nodes.some(({ actorUsername }: { actorUsername: string }) => actorUsername === 'mallory'),
  );
  const later = await entries({ severity: { eq: 'MEDIUM' }, createdAt: { gt: new Date(Date.now() + 60_000).toISOString() } });

  expect(severe.nodes).toContainEqual({ severity: 'MEDIUM', actorUsername: 'mallory', action: 'login_failed' });
  expect(severe.nodes.every(({ severity }: { severity: string }) => severity === 'MEDIUM' || severity === 'HIGH')).toBe(true);
  expect(severe.totalCount).toBe(severe.nodes.length);
  expect(later).toEqual({ totalCount: 0, nodes: [] });
});

test('entries are filtered by action, outcome, actor and target', async () => {
  const victim = await signedIn(app, 'target of filters');
  await revoke(victim.sessionId, viewer);
  await revoke(victim.sessionId, admin);
  await app.system.sequencer.run();
  const actions = async (filter: object) => (await entries(filter)).nodes.map(({ action }: { action: string }) => action);

  expect(await actions({ targetType: { eq: 'Session' }, targetId: { eq: victim.sessionId } })).toEqual([
    'login_success',
    'identity.session.revoked',
  ]);
  expect(await actions({ actor: { eq: viewer.id }, outcome: { eq: 'DENIED' } })).toEqual(['revokeSession.denied']);
  expect(await actions({ actorUsername: { eq: 'vera' }, action: { startsWith: 'revoke' } })).toEqual(['revokeSession.denied']);
  expect(await actions({ session: { eq: viewer.sessionId } })).toEqual(['revokeSession.denied']);
});

test('entries whose time has not passed are told from those that could be deleted', async () => {
  await rowsOf(
    app,
    sql`insert into changes (id, created_at, action, outcome, actor_username, retention_days)
      values (gen_random_uuid(), now() - interval '31 days', 'aged', 'SUCCESS', 'test', 30), (gen_random_uuid(), now(), 'fresh', 'SUCCESS', 'test', 30)`,
  );
  await app.system.sequencer.run();
  const among = async (shouldBeRetained: object) =>
    (await entries({ action: { in: ['aged', 'fresh'] }, shouldBeRetained }, auditor, 'action shouldBeRetained ageDays')).nodes;

  expect(await among({ eq: true })).toEqual([{ action: 'fresh', shouldBeRetained: true, ageDays: 0 }]);
  expect(await among({ eq: false })).toEqual([{ action: 'aged', shouldBeRetained: false, ageDays: 31 }]);
  expect(await among({ ne: true })).toEqual([{ action: 'aged', shouldBeRetained: false, ageDays: 31 }]);
});

test('an entry names what it was done to, also when that is gone', async () => {
  const gus = await data(app.url, 'mutation { createUser(input: { username: "gus" }) { user { id } } }', {}, admin);
  const { id } = gus.createUser.user;
  await data(app.url, 'mutation($id: ID!) { deleteUser(input: { id: $id, username: "gus" }) { cursor } }', { id }, admin);
  const { setting } = await data(app.url, '{ setting(key: "jobs.retentionDays") { revision } }', {}, admin);
  await data(
    app.url,
    'mutation($revision: Int!) { setSetting(input: { key: "jobs.retentionDays", value: 60, expectedRevision: $revision }) { cursor } }',
    { revision: setting.revision },
    admin,
  );

  const named = await entries({ targetName: { in: ['gus', 'jobs.retentionDays'] } }, auditor, 'action targetType targetName');
  expect(named.nodes).toEqual([
    { action: 'identity.user.created', targetType: 'User', targetName: 'gus' },
    { action: 'identity.sign_in_link.made', targetType: 'User', targetName: 'gus' },
    { action: 'identity.user.deleted', targetType: 'User', targetName: 'gus' },
    { action: 'settings.setting.set', targetType: 'Setting', targetName: 'jobs.retentionDays' },
  ]);
});

test('a refused mutation tells which ids it named', async () => {
  const victim = await signedIn(app, 'named');

  const { changes } = await recording(app, () => revoke(victim.sessionId, viewer));

  expect(changes).toMatchObject([
    { action: 'revokeSession.denied', outcome: 'DENIED', severity: 'MEDIUM', details: { 'input.id': victim.sessionId }, target_id: null },
  ]);
});

test('a question that a right is missing for is recorded of whoever is signed in, and of strangers is not', async () => {
  const query = '{ jobQueues { name } }';
  const nobody = await signedIn(app, 'nobody');

  const { result, changes } = await recording(app, () => graphql(app.url, query, {}, nobody));
  const { changes: ofStrangers } = await recording(app, () => graphql(app.url, query));

  expect(result.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(changes).toMatchObject([{ action: 'jobQueues.denied', outcome: 'DENIED', actor_id: nobody.id }]);
  expect(ofStrangers).toEqual([]);
});

test('an entry that concerns a secret names it and does not tell it', async () => {
  const user = await signedIn(app, 'with a secret');
  const change =
    'mutation { changePassword(input: { currentPassword: "a password of a test user", newPassword: "a password that is new" }) { cursor } }';

  await data(app.url, change, {}, user);

  const { nodes } = await entries({ actor: { eq: user.id }, action: { eq: 'password_changed' } }, auditor, 'isSensitive changes');
  expect(nodes).toMatchObject([{ isSensitive: true, changes: { after: { passwordHash: '[redacted]' } } }]);
  expect(JSON.stringify(await rowsOf(app, sql`select * from changes`))).not.toMatch(/a password (of a test user|that is new)/);
});

test('without audit:read one sees what one did oneself, and of that nothing that concerns a secret', async () => {
  await app.system.sequencer.run();

  const mine = await entries({}, viewer, 'actorId isSensitive');
  const { user } = await data(
    app.url,
    `query($id: ID!) { user(id: $id) { auditEntries(first: 500) { totalCount } } }`,
    { id: viewer.id },
    viewer,
  );
  const [{ n }] = (await rowsOf<{ n: number }>(
    app,
    sql`select count(*)::int as n from changes where actor_id = ${viewer.id} and not is_sensitive`,
  )) as [{ n: number }];

  expect(mine.totalCount).toBe(n);
  expect(mine.nodes).toEqual(Array.from({ length: n }, () => ({ actorId: viewer.id, isSensitive: false })));
  expect(user.auditEntries.totalCount).toBe(n);
  expect(await data(app.url, '{ auditSeals { totalCount } auditCheckpoints { totalCount } }', {}, viewer)).toEqual({
    auditSeals: { totalCount: 0 },
    auditCheckpoints: { totalCount: 0 },
  });
});

test('of a user who is gone, entries keep the id and the name', async () => {
  const user = await signedIn(app, 'gone');
  await app.system.sequencer.run();
  const before = await rowsOf(app, sql`select * from changes where actor_id = ${user.id} order by position`);
  await rowsOf(app, sql`delete from users where id = ${user.id}`);

  const { nodes } = await entries({ actorId: { eq: user.id } }, auditor, 'actor { id } session { id } actorId actorUsername');

  expect(nodes).toEqual([{ actor: null, session: null, actorId: user.id, actorUsername: 'gone' }]);
  expect(await rowsOf(app, sql`select * from changes where actor_id = ${user.id} order by position`)).toEqual(before);
});

test('an entry is found by its id and shows its link in the chain', async () => {
  const { nodes } = await entries({ action: { eq: 'login_success' } }, auditor, 'id position');
  const { id, position } = nodes[0];

  const { node } = await data(
    app.url,
    'query($id: ID!) { node(id: $id) { ... on AuditEntry { id seal { position entryId entry { id } digest entryDigest } } } }',
    { id },
    auditor,
  );

  const digest = expect.stringMatching(/^[\da-f]{64}$/);
  expect(node).toEqual({ id, seal: { position, entryId: id, entry: { id }, digest, entryDigest: digest } });
});

test('entries arrive live as they are made, filtered, and go on behind a cursor', async () => {
  const query = `subscription($after: String) { auditEntries(after: $after, filter: { outcome: { eq: DENIED } }) { state cursor items { action actor { username } } } }`;
  const feed = new TestFeed(app.url, query, {}, auditor, 'auditEntries');
  await feed.until('the feed to be live', ({ pages }) => pages.length > 0);
  const start = feed.cursor;
  const victim = await signedIn(app, 'watched');

  await revoke(victim.sessionId, viewer);
  await feed.until('the denial', ({ items }) => items.length > 0);
  await feed.stop();
  await revoke(victim.sessionId, viewer);
  const resumed = await new TestFeed(app.url, query, { after: start }, auditor, 'auditEntries').until(
    'both',
    ({ items }) => items.length > 1,
  );
  await resumed.stop();

  const denial = { action: 'revokeSession.denied', actor: { username: 'vera' } };
  expect(feed.items).toEqual([denial]);
  expect(resumed.items).toEqual([denial, denial]);
});

test('who may not see what others do gets nothing of it live', async () => {
  const query = 'subscription { auditEntries { state cursor items { actorId } } }';
  const feed = new TestFeed(app.url, query, {}, viewer, 'auditEntries');
  await feed.until('the feed to be live', ({ pages }) => pages.length > 0);
  const victim = await signedIn(app, 'unseen');

  await revoke(victim.sessionId, admin);
  await revoke(victim.sessionId, viewer);
  await feed.until('their own', ({ items }) => items.length > 0);
  await feed.stop();

  expect(feed.items).toEqual([{ actorId: viewer.id }]);
});
