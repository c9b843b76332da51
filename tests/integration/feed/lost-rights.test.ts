import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { rightsStream } from '#core/policy/actor.js';
import { appendEvents, eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { sequence } from '#core/feed/write.js';
import { appendLines } from '../../support/append.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { TestEvents } from '../../support/events.js';
import { followFeed, type TestFeed } from '../../support/feed.js';
import { enqueue, eventually, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

// Heartbeats so slow that only what is told ends a feed here.
const app = await startProbeApp({ ROLE: 'api', HEARTBEAT_MS: '600000' });
const admin = await signIn(app.url);
const { slug: watches } = await aRole(app, 'watcher', ['job:read']);
type Follower = Auth & { id: string; sessionId: string };

const rung = async (statement: ReturnType<typeof sql>): Promise<void> => {
  await rowsOf(app, statement);
  app.system.bell.ring(rightsStream);
};
const mutate = (text: string, variables: object, by: Auth): Promise<unknown> => data(app.url, text, variables, by);

/** Every way to lose the right to follow: what is done, and what the feed says at its end. */
const ways: Record<string, { lose: (user: Follower) => Promise<unknown>; code: string; reason: string }> = {
  'its session is revoked': {
    lose: ({ sessionId }) => mutate('mutation($id: ID!) { revokeSession(input: { id: $id }) { cursor } }', { id: sessionId }, admin),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
  'all of its sessions are ended': {
    lose: ({ id }) => mutate('mutation($id: ID!) { endAllSessions(input: { userId: $id }) { endedCount } }', { id }, admin),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
  'it signs out': {
    lose: (user) => mutate('mutation { signOut { isSignedOut } }', {}, user),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
  'it changes its password': {
    lose: (user) =>
      mutate(
        'mutation($input: ChangePasswordInput!) { changePassword(input: $input) { cursor } }',
        { input: { currentPassword: 'a password of a test user', newPassword: 'another password of a test user' } },
        user,
      ),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
  'its user is deactivated': {
    lose: ({ id }) => rung(sql`update users set is_active = false where id = ${id}`),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
  'its session runs out': {
    lose: ({ sessionId }) => rung(sql`update sessions set expires_at = now() where id = ${sessionId}`),
    code: 'UNAUTHENTICATED',
    reason: 'SESSION_ENDED',
  },
};
const losesRole = ({ id }: Follower): Promise<void> => rung(sql`delete from role_assignments where user_id = ${id}`);

let users = 0;
async function followers(): Promise<{ user: Follower; job: string; cursor: string; feeds: (TestFeed | TestEvents)[]; socket: TestSocket }> {
  const user = await signedIn(app, `follower ${(users += 1)}`, [watches]);
  const socket = await TestSocket.connect(app.url, user.token);
  const { id: job, cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  const feeds = [
    followFeed(app.url, 'jobLogs', job, user),
    followFeed(app.url, 'jobProgress', job, user),
    followFeed(app.url, 'jobEvents', null, user),
    new TestEvents(app.url, `subscription { jobLogs(jobId: "${job}") { state items { text } } }`, user),
  ];
  await Promise.all(feeds.map((feed) => feed.until('its first page', ({ pages }) => pages.length > 0)));
  return { user, job, cursor, feeds, socket };
}

async function tellMore(job: string): Promise<void> {
  await appendLines(app.system, job, ['not for those who lost the right']);
  await appendEvents(app.system.database.fork(), job, 0, [{ status: 'QUEUED', attempt: 0, message: 'not for those who lost the right' }]);
  await sequence(app.system);
  app.system.bell.ring(eventsOf(job), linesOf(job));
}

test.each(Object.entries(ways))(
  'every feed of a follower ends with a typed reason when %s, and shows nothing that comes later',
  async (_way, { lose, code, reason }) => {
    const { user, job, feeds, socket } = await followers();
    const before = feeds.map(({ items }) => items.length);

    await lose(user);
    await Promise.all(feeds.map((feed) => feed.until('its end', ({ errors }) => errors !== null)));
    await tellMore(job);

    expect(feeds.map(({ errors }) => errors!.map(({ extensions }) => extensions))).toEqual(feeds.map(() => [{ code, reason }]));
    expect(feeds.map(({ items }) => items.length)).toEqual(before);
    expect((await socket.close()).code).toBe(4403);
    expect(app.system.meter.subscribers).toBe(0);
  },
);

test('a feed of one subject ends with a typed reason when its follower may not see the subject any more; one of all shows what is left', async () => {
  const { user, job, feeds } = await followers();
  const [logs, progress, events, stream] = feeds;

  await losesRole(user);
  await Promise.all([logs, progress, stream].map((feed) => feed!.until('its end', ({ errors }) => errors !== null)));
  const before = events!.items.length;
  await tellMore(job);
  await followFeed(app.url, 'jobEvents', null, admin, { last: 1 })
    .until('the event', ({ items }) => items.length > 0)
    .then((feed) => feed.stop());

  for (const feed of [logs, progress, stream])
    expect(feed!.errors).toEqual([
      { message: `Job ${job} is gone, or may not be seen any more`, extensions: { code: 'NOT_FOUND', reason: 'ACCESS_LOST' } },
    ]);
  expect([events!.items.length, events!.errors]).toEqual([before, null]);
  (events as TestFeed).stop();
});

test('a replay shows nothing that only another could see, with the cursor of that other', async () => {
  const { job, cursor, feeds } = await followers();
  await tellMore(job);
  const stranger = await signedIn(app, 'a stranger', []);

  const events = await followFeed(app.url, 'jobEvents', null, stranger, { after: cursor }).until(
    'a live page',
    ({ pages }) => pages.at(-1)?.state === 'LIVE',
  );
  const logs = await followFeed(app.url, 'jobLogs', job, stranger, { after: cursor }).until('its refusal', ({ errors }) => errors !== null);
  const listed = await graphql(
    app.url,
    `{ job(id: "${job}") { id } jobEvents(after: "${cursor}") { totalCount nodes { id } } }`,
    {},
    stranger,
  );

  expect(events.items).toEqual([]);
  expect(logs.errors).toEqual([{ message: `Job ${job} was not found`, extensions: { code: 'NOT_FOUND' } }]);
  expect(listed).toEqual({ data: { job: null, jobEvents: { totalCount: 0, nodes: [] } } });
  await events.stop();
  for (const feed of feeds) await feed.stop();
});

test('a right that nobody rang for is lost all the same', async () => {
  const { user, feeds } = await followers();

  await rowsOf(app, sql`update sessions set expires_at = now() where id = ${user.sessionId}`);

  await Promise.all(feeds.map((feed) => feed.until('its end', ({ errors }) => errors !== null)));
  expect(feeds.map(({ errors }) => errors![0]!.extensions)).toEqual(
    feeds.map(() => ({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' })),
  );
  await eventually(
    'all to be over',
    () => app.system.meter.subscribers,
    (count) => count === 0,
  );
});

test('whoever gains a right while reading for others shows them nothing more', async () => {
  const [first, second] = [await signedIn(app, 'the first', []), await signedIn(app, 'the second', [])];
  const feeds = await Promise.all(
    [first, second].map((user) => followFeed(app.url, 'jobEvents', null, user).until('its first page', ({ pages }) => pages.length > 0)),
  );
  const { id: job } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);

  await rung(
    sql`insert into role_assignments (id, user_id, role_id, assigned_at) select gen_random_uuid(), ${first.id}, id, now() from roles where slug = ${watches}`,
  );
  await tellMore(job);
  await feeds[0]!.until('the event', ({ items }) => items.length > 0);

  expect(feeds[1]!.items).toEqual([]);
  for (const feed of feeds) await feed.stop();
});
