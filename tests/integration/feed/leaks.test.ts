import { expect, onTestFinished, test, vi } from 'vitest';
import { Reader } from '#core/graph/read/reader.js';
import { endStreams } from '#core/feed/streams.js';
import { eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { appendLines } from '../../support/append.js';
import { signIn } from '../../support/client.js';
import { measured } from '../../support/measured.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, eventually, openSql, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

// A heartbeat so slow that nothing here is cleared away by it.
const app = await startProbeApp({ ROLE: 'api', HEARTBEAT_MS: '600000' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const idle = app.system.bell.listening;
const { bell } = app.system;

const aJob = () => enqueue(app.url, 'probe.print', { lines: 1 }, auth);
// Less than the five seconds after which a feed looks by itself.
const backToIdle = () =>
  eventually(
    'the subscribers and their listeners to be gone',
    () => [app.system.meter.subscribers, app.system.meter.together, bell.listening],
    ([subscribers, together, listening]) => subscribers === 0 && together === 0 && listening === idle,
    3_000,
  );

/** Collects what Node.js warns of while a test runs. */
function warnings(): string[] {
  const seen: string[] = [];
  const collect = (warning: Error): void => void seen.push(`${warning.name}: ${warning.message}`);
  process.on('warning', collect);
  onTestFinished(() => void process.off('warning', collect));
  return seen;
}

test('feeds that the client ends on an open socket let go at once', async () => {
  const { id } = await aJob();
  const socket = await TestSocket.connect(app.url, auth.token);
  const ids = Array.from({ length: 5 }, (_, i) => `feed ${i}`);
  for (const each of ids) await socket.ask(each, `subscription { jobLogs(jobId: "${id}") { state } }`);
  expect(app.system.meter.subscribers).toBe(5);

  for (const each of ids) socket.say({ id: each, type: 'complete' });

  await backToIdle();
  expect(socket.closed).toBeNull();
  await socket.end();
});

test('a feed that the client ended reads nothing from the database any more', async () => {
  const { id } = await aJob();
  const socket = await TestSocket.connect(app.url, auth.token);
  await socket.ask('feed', `subscription { jobLogs(jobId: "${id}") { state items { text } } }`);
  socket.say({ id: 'feed', type: 'complete' });
  await backToIdle();

  await appendLines(app.system, id, ['too late']);
  await socket.ask('other', '{ __typename }');

  expect(socket.messages.filter((message) => message.id === 'feed').map(({ type }) => type)).toEqual(['next']);
  await socket.end();
});

test('feeds on sockets that were cut let go at once', async () => {
  const { id } = await aJob();
  const feeds = Array.from({ length: 5 }, () => followFeed(app.url, 'jobLogs', id, auth));
  await Promise.all(feeds.map((feed) => feed.until('a page', ({ pages }) => pages.length > 0)));
  expect(app.system.meter.subscribers).toBe(5);

  for (const feed of feeds) feed.kill();

  await backToIdle();
});

test('feeds that have ended, and those that were refused, let go', async () => {
  const { id, cursor } = await aJob();
  await appendLines(app.system, id, ['one', 'two']);
  await endStreams(app.system.database.fork(), 'SUCCEEDED', linesOf(id), eventsOf(id));
  const socket = await TestSocket.connect(app.url, auth.token);
  const over = (each: string) => socket.message(`the end of ${each}`, (message) => message.id === each && message.type !== 'next');

  socket.say({
    id: 'ended',
    type: 'subscribe',
    payload: { query: `subscription { jobLogs(jobId: "${id}", after: "${cursor}") { state } }` },
  });
  socket.say({
    id: 'refused',
    type: 'subscribe',
    payload: { query: `subscription { jobLogs(jobId: "${id}", after: "garbage") { state } }` },
  });
  socket.say({ id: 'missing', type: 'subscribe', payload: { query: `subscription { jobLogs(jobId: "nothing") { state } }` } });

  expect([(await over('ended')).type, (await over('refused')).type, (await over('missing')).type]).toEqual(['complete', 'error', 'error']);
  await backToIdle();
  await socket.end();
});

test('a socket that opens and ends hundreds of feeds leaves no listener and no warning', async () => {
  const seen = warnings();
  const { id } = await aJob();
  const socket = await TestSocket.connect(app.url, auth.token);

  for (let round = 0; round < 10; round++) {
    const ids = Array.from({ length: 25 }, (_, i) => `${round}.${i}`);
    await Promise.all(ids.map((each) => socket.ask(each, `subscription { jobProgress(jobId: "${id}") { state } }`)));
    expect(app.system.meter.subscribers).toBe(25);
    for (const each of ids) socket.say({ id: each, type: 'complete' });
    await backToIdle();
  }

  await socket.end();
  expect(seen).toEqual([]);
});

test('a feed that ends while its client is leaving does no harm', async () => {
  const seen: unknown[] = [];
  const collect = (reason: unknown): void => void seen.push(reason);
  process.on('unhandledRejection', collect);
  onTestFinished(() => void process.off('unhandledRejection', collect));

  for (let i = 0; i < 20; i++) {
    const { id, cursor } = await aJob();
    const feed = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
    await feed.until('a page', ({ pages }) => pages.length > 0);
    const ending = appendLines(app.system, id, ['last'])
      .then(() => endStreams(app.system.database.fork(), 'SUCCEEDED', linesOf(id)))
      .then(() => bell.ring(linesOf(id)));
    feed.kill();
    await ending;
  }

  await backToIdle();
  expect(seen).toEqual([]);
});

test('a client that reads slowly makes the server hold its cursor and not its backlog, and gets everything', async () => {
  // Sees the job because it is its own, so that nobody else reads with the same rights.
  const slow = await signedIn(app, 'slow', [(await aRole(app, 'starter', ['job:enqueue'])).slug]);
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, slow);
  const wide = 'x'.repeat(10_000);
  const total = 6_000;
  const spies = [vi.spyOn(Reader.prototype, 'execute'), vi.spyOn(Reader.prototype, 'rows')];
  onTestFinished(() => spies.forEach((spy) => void spy.mockRestore()));
  const statements = (): number =>
    spies.flatMap(({ mock }) => mock.contexts as unknown[]).filter((reader) => (reader as Reader).actor.id === slow.id).length;
  const socket = await TestSocket.connect(app.url, slow.token);
  await socket.ask('slow', `subscription { jobLogs(jobId: "${id}", after: "${cursor}") { state total items { seq text } } }`);
  socket.socket.pause();

  for (let i = 0; i < total; i += 500)
    await appendLines(
      app.system,
      id,
      Array.from({ length: 500 }, () => wide),
    );
  await endStreams(app.system.database.fork(), 'SUCCEEDED', linesOf(id));
  bell.ring(linesOf(id));
  // Somebody beside it has got all of it, so the server has had every chance to read on for the slow one as well.
  const quick = await followFeed(app.url, 'jobLogs', id, auth, { after: cursor }).ended(60_000);
  await quick.stop();
  const whilePaused = statements();
  const buffered = await measured(app.url, 'signalbox_feed_buffered_bytes');
  socket.socket.resume();
  await eventually(
    'the end',
    () => socket.messages.at(-1)?.type,
    (type) => type === 'complete',
    60_000,
  );

  const seqs = socket.messages.flatMap(({ payload }) => payload?.data?.jobLogs?.items?.map(({ seq }: { seq: number }) => seq) ?? []);
  expect(seqs).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  expect(quick.items).toHaveLength(total);
  // Two for each page of 5 MB: some pages are in the buffers of the connection, the others still in the database.
  expect(whilePaused).toBeLessThan(14);
  expect(statements()).toBeGreaterThanOrEqual(24);
  // The page that is under way, and of the one behind it no byte.
  expect(buffered).toBeGreaterThan(0);
  expect(buffered).toBeLessThan(6_000_000);
  expect(await measured(app.url, 'signalbox_feed_buffered_bytes')).toBe(0);
  await backToIdle();
  await socket.end();
}, 90_000);

test('who falls behind those it follows together with catches up by itself, which is counted, and then follows with them again', async () => {
  const { id } = await aJob();
  const query = `subscription { jobLogs(jobId: "${id}") { state items { seq text } } }`;
  const sockets = [await TestSocket.connect(app.url, auth.token), await TestSocket.connect(app.url, auth.token)] as const;
  const [slow, quick] = sockets;
  for (const socket of sockets) await socket.ask('feed', query);
  await eventually(
    'both to follow together',
    () => app.system.meter.together,
    (together) => together === 2,
  );
  const resyncs = await measured(app.url, 'signalbox_feed_resyncs_total');
  const pagesOf = ({ messages }: TestSocket) => messages.flatMap(({ type, payload }) => (type === 'next' ? [payload.data.jobLogs] : []));
  const seqsOf = (socket: TestSocket): number[] => pagesOf(socket).flatMap(({ items }) => items.map(({ seq }: { seq: number }) => seq));
  const has = (socket: TestSocket, count: number) =>
    eventually(
      `${count} lines`,
      () => seqsOf(socket).length,
      (length) => length === count,
    );

  slow.socket.pause();
  const [rounds, lines] = [16, 300];
  for (let round = 1; round <= rounds; round++) {
    await appendLines(
      app.system,
      id,
      Array.from({ length: lines }, () => 'x'.repeat(10_000)),
    );
    await has(quick, round * lines);
  }
  expect(await measured(app.url, 'signalbox_feed_buffered_bytes')).toBeLessThan(6_000_000);
  slow.socket.resume();
  await has(slow, rounds * lines);
  await appendLines(app.system, id, ['the last']);
  await Promise.all(sockets.map((socket) => has(socket, rounds * lines + 1)));

  const all = Array.from({ length: rounds * lines + 1 }, (_, i) => i + 1);
  expect(sockets.map(seqsOf)).toEqual([all, all]);
  expect(new Set(sockets.flatMap(pagesOf).map(({ state }) => state))).toEqual(new Set(['LIVE']));
  expect(await measured(app.url, 'signalbox_feed_resyncs_total')).toBeGreaterThan(resyncs);
  expect(app.system.meter.together).toBe(2);
  await Promise.all(sockets.map((socket) => socket.end()));
  await backToIdle();
}, 60_000);

test('when all are gone the database has no session more than before', async () => {
  await backToIdle();
  const [sessions] = await sql(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
  );
  expect(sessions!.n).toBe(0);
});
