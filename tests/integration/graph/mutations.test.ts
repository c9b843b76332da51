import { decodeJwt } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { aJob } from '../../support/planted.js';
import { aRole } from '../../support/roles.js';
import { sampleArguments } from '../../support/sample-arguments.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);

const revoking = 'mutation($id: ID!) { revokeSession(input: { id: $id }) { cursor session { id revokedAt } } }';
const revoke = (id: string, auth: Auth = admin) => graphql(app.url, revoking, { id }, auth);
const sessionRow = async (id: string) => (await rowsOf(app, sql`select * from sessions where id = ${id}`))[0]!;

/** Makes the recording of a change fail until the test is over. */
async function refuseToRecord(action: string): Promise<void> {
  await rowsOf(app, sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no record today'; end $$`);
  await rowsOf(
    app,
    sql`create trigger refuse before insert on changes for each row when (new.action = ${sql.raw(`'${action}'`)}) execute function refuse()`,
  );
  onTestFinished(async () => {
    await rowsOf(app, sql`drop trigger refuse on changes`);
    await rowsOf(app, sql`drop function refuse`);
  });
}

test('a change holds the changed columns before and after, and where it came from', async () => {
  const { sessionId } = await signedIn(app, 'anna');
  const traceId = '0123456789abcdef0123456789abcdef';

  const { changes } = await recording(app, () =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${admin.token}`,
        traceparent: `00-${traceId}-0123456789abcdef-01`,
        'user-agent': 'an agent',
      },
      body: JSON.stringify({ query: revoking, variables: { id: sessionId } }),
    }),
  );

  const { revoked_at } = await sessionRow(sessionId);
  expect(changes).toEqual([
    {
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7001-/),
      action: 'identity.session.revoked',
      outcome: 'SUCCESS',
      actor_id: decodeJwt(admin.token).sub,
      actor_username: 'admin',
      actor_role: 'superuser, admin',
      session_id: decodeJwt(admin.token).sid,
      severity: 'INFO',
      target_type: 'Session',
      target_id: sessionId,
      target_name: null,
      details: null,
      execution_id: null,
      is_sensitive: false,
      retention_days: 365,
      before: { revokedAt: null, updatedAt: expect.any(String) },
      after: { revokedAt: new Date(revoked_at).toISOString(), updatedAt: expect.any(String) },
      message: null,
      request_id: expect.stringMatching(/^[\da-f-]{36}$/),
      trace_id: traceId,
      ip_address: '127.0.0.1',
      user_agent: 'an agent',
      created_at: expect.any(String),
      position: expect.any(String),
    },
  ]);
});

test('what is created has no before, and its secrets are named but not told', async () => {
  const { result, changes } = await recording(app, () => signIn(app.url));

  const row = await sessionRow(result.sessionId);
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({
    before: null,
    after: {
      id: result.sessionId,
      user: row.user_id,
      refreshTokenHash: '[redacted]',
      expiresAt: new Date(row.expires_at).toISOString(),
      revokedAt: null,
      clientInfo: null,
    },
  });
});

test('the cursor of a payload is where its change stands: what came before is not shown after it, and what comes next is', async () => {
  await aJob(app, null, { message: 'before' });
  const { signIn: payload } = await data(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }', {
    input: { username: 'admin', password: 'correct horse battery staple' },
  });
  const job = await aJob(app, null, { events: 2 });

  const { jobEvents } = await data(
    app.url,
    'query($after: String) { jobEvents(after: $after) { nodes { seq job { id } } } }',
    { after: payload.cursor },
    admin,
  );
  const feed = await followFeed(app.url, 'jobEvents', null, admin, { after: payload.cursor }).until(
    'two events',
    ({ items }) => items.length >= 2,
  );

  expect(jobEvents.nodes).toEqual([
    { seq: 1, job: { id: job.id } },
    { seq: 2, job: { id: job.id } },
  ]);
  expect(feed.items.map(({ seq, job: { id } }) => [id, seq])).toEqual([
    [job.id, 1],
    [job.id, 2],
  ]);
  await feed.stop();
});

test('the cursor of a payload is valid in every feed that shows its change', async () => {
  const job = await aJob(app, null, { events: 1, lines: 2 });

  const { cancelJob } = await data(
    app.url,
    'mutation($id: ID!) { cancelJob(input: { id: $id }) { cursor job { status } } }',
    { id: job.id },
    admin,
  );

  expect(cancelJob.job).toEqual({ status: 'CANCELLED' });
  for (const name of ['jobProgress', 'jobLogs'] as const) {
    const feed = await followFeed(app.url, name, job.id, admin, { after: cancelJob.cursor }).ended();
    expect([name, feed.errors, feed.pages.at(-1)?.state]).toEqual([name, null, 'ENDED']);
    expect(feed.items.filter(({ status, text }) => status === 'QUEUED' || text)).toEqual([]);
    await feed.stop();
  }
  const all = await followFeed(app.url, 'jobEvents', null, admin, { after: cancelJob.cursor }).until(
    'the first page',
    ({ pages, errors }) => pages.length > 0 || errors !== null,
  );
  expect(all.errors).toBeNull();
  await all.stop();
});

test('a payload that tells of no change has a cursor all the same', async () => {
  const guard = await signedIn(app, 'guard', [], { isSuperuser: true });
  const idle = await signedIn(app, 'idle');
  await revoke(idle.sessionId);

  const { endAllSessions } = await data(
    app.url,
    'mutation($userId: ID) { endAllSessions(input: { userId: $userId }) { endedCount cursor } }',
    { userId: idle.id },
    guard,
  );
  const { jobEvents } = await data(
    app.url,
    'query($after: String) { jobEvents(after: $after) { nodes { id } } }',
    { after: endAllSessions.cursor },
    admin,
  );

  expect(endAllSessions.endedCount).toBe(0);
  expect(jobEvents.nodes).toEqual([]);
});

test('a payload shows its entity through the policy, as a query would', async () => {
  await aRole(app, 'session-guard', ['session:read', 'session:revoke']);
  const guard = await signedIn(app, 'blind guard', ['session-guard']);
  const { sessionId } = await signedIn(app, 'bert');

  const { revokeSession } = await data(
    app.url,
    'mutation($id: ID!) { revokeSession(input: { id: $id }) { session { id isActive user { username } } } }',
    { id: sessionId },
    guard,
  );

  expect(revokeSession).toEqual({ session: { id: sessionId, isActive: false, user: null } });
});

test('what cannot be recorded does not happen', async () => {
  const { sessionId, ...user } = await signedIn(app, 'carl');
  const before = await sessionRow(sessionId);
  await refuseToRecord('identity.session.revoked');

  const { result, changes } = await recording(app, () => revoke(sessionId));

  expect(result).toMatchObject({ data: null, errors: [{ path: ['revokeSession'], extensions: { code: 'INTERNAL' } }] });
  expect(result.errors![0]!.message).not.toContain('no record today');
  expect(await sessionRow(sessionId)).toEqual(before);
  expect(changes).toMatchObject([
    { action: 'revokeSession.failed', outcome: 'ERROR', severity: 'HIGH', before: null, after: null, details: { 'input.id': sessionId } },
  ]);
  expect(await data(app.url, '{ me { username } }', {}, user)).toEqual({ me: { username: 'carl' } });
});

test('a mutation that fails at its end leaves nothing of all that it wrote', async () => {
  const user = await signedIn(app, 'dora');
  const before = await sessionRow(user.sessionId);
  await refuseToRecord('logout');

  const { result, changes } = await recording(app, () => graphql(app.url, 'mutation { signOut { isSignedOut } }', {}, user));

  expect(result.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  expect(await sessionRow(user.sessionId)).toEqual(before);
  expect(await rowsOf(app, sql`select 1 from revoked_tokens where jti = ${decodeJwt(user.token!).jti!}`)).toEqual([]);
  expect(changes).toMatchObject([{ action: 'signOut.failed', outcome: 'ERROR', severity: 'HIGH', before: null, after: null }]);
});

test('each mutation of an operation stands for itself: what was done before a failing one stays', async () => {
  const user = await signedIn(app, 'emil');
  const own = await signIn(app.url, 'emil', 'a password of a test user');
  const victim = await signedIn(app, 'victim');

  const { result, changes } = await recording(app, () =>
    graphql(
      app.url,
      `
        mutation ($own: ID!, $victim: ID!) {
          done: revokeSession(input: { id: $own }) {
            session {
              isActive
            }
          }
          denied: revokeSession(input: { id: $victim }) {
            session {
              isActive
            }
          }
        }
      `,
      { own: own.sessionId, victim: victim.sessionId },
      user,
    ),
  );

  expect(result).toMatchObject({ data: null, errors: [{ path: ['denied'], extensions: { code: 'NOT_FOUND' } }] });
  expect(changes).toMatchObject([
    { action: 'identity.session.revoked', outcome: 'SUCCESS', target_id: own.sessionId },
    { action: 'revokeSession.denied', outcome: 'DENIED', target_id: null },
  ]);
  expect((await sessionRow(own.sessionId)).revoked_at).not.toBeNull();
  expect((await sessionRow(victim.sessionId)).revoked_at).toBeNull();
});

test('of two writers of one row at the same instant one wins, and only that change is recorded', async () => {
  const { sessionId } = await signedIn(app, 'fred');

  const { result, changes } = await recording(app, () => Promise.all([revoke(sessionId), revoke(sessionId)]));

  const codes = result.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions.code);
  expect(codes).toHaveLength(1);
  expect(['CONFLICT', 'PRECONDITION_FAILED']).toContain(codes[0]);
  expect(changes.map(({ action }) => action)).toEqual(['identity.session.revoked']);
  expect((await sessionRow(sessionId)).revision).toBe(2);
});

test.each([
  { name: 'a stale row', code: 'PRECONDITION_FAILED', query: revoking, prepare: true, variables: (id: string) => ({ id }) },
  {
    name: 'bad input',
    code: 'BAD_USER_INPUT',
    query: 'mutation { changePassword(input: { currentPassword: "correct horse battery staple", newPassword: "short" }) { cursor } }',
    prepare: false,
    variables: () => ({}),
  },
  {
    name: 'an unknown operation',
    code: 'BAD_USER_INPUT',
    query: 'mutation { enqueueJob(input: { name: "no.such" }) { cursor } }',
    prepare: false,
    variables: () => ({}),
  },
])('$name is refused with $code and leaves no record', async ({ code, query, prepare, variables }) => {
  const { sessionId } = await signedIn(app, `user for ${query}`);
  if (prepare) await revoke(sessionId);

  const { result, changes } = await recording(app, () => graphql(app.url, query, variables(sessionId), admin));

  expect(result.errors).toMatchObject([{ extensions: { code } }]);
  expect(changes).toEqual([]);
});

test('every mutation but those that are for anyone is denied to whoever is not signed in, and the attempt is recorded', async () => {
  const mutations = Object.values((await graph.schema()).getMutationType()!.getFields()).filter(
    ({ extensions }) => extensions.access !== 'anyone',
  );

  for (const { name, args } of mutations) {
    const { result, changes } = await recording(app, () => graphql(app.url, `mutation { ${name}${sampleArguments(args)} { cursor } }`));
    expect(result).toMatchObject({ data: null, errors: [{ path: [name], extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(changes).toMatchObject([
      { action: `${name}.denied`, outcome: 'DENIED', actor_id: null, actor_username: 'anonymous', target_id: null },
    ]);
  }
  expect(mutations.length).toBeGreaterThan(20);
});
