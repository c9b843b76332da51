import { expect, test } from 'vitest';
import { encodeCursor } from '#core/feed/cursor.js';
import { endStreams } from '#core/feed/streams.js';
import { eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { appendLines } from '../../support/append.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { followFeed, type TestFeed } from '../../support/feed.js';
import { enqueue, eventually, openSql, randomFrom, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

// Nothing runs jobs here: the tests write the lines of their jobs themselves.
const app = await startProbeApp({ ROLE: 'api' });
const otherNode = await startProbeApp({ ROLE: 'api', DATABASE_URL: app.databaseUrl });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const { slug } = await aRole(app, 'enqueuer', ['job:enqueue']);
const stranger = await signedIn(app, 'stan', [slug]);

const aJob = (by: Auth = auth): Promise<{ id: string; cursor: string }> => enqueue(app.url, 'probe.print', { lines: 1 }, by);
const texts = (from: number, n: number): string[] => Array.from({ length: n }, (_, i) => `line ${from + i}`);
const end = (id: string, reason: string) =>
  endStreams(app.system.database.fork(), reason, linesOf(id), eventsOf(id)).then(() => app.system.bell.ring(linesOf(id), eventsOf(id)));
const seqs = (feed: TestFeed): number[] => feed.items.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);

test('a replay goes over into live items with no gap and no duplicate while somebody writes', async () => {
  const { id, cursor } = await aJob();
  await appendLines(app.system, id, texts(1, 1_300));
  const random = randomFrom(42);
  let written = 1_300;
  const writing = (async () => {
    for (let i = 0; i < 60; i++) {
      const n = 1 + Math.floor(random() * 40);
      await appendLines(app.system, id, texts(written + 1, n));
      written += n;
    }
    await end(id, 'SUCCEEDED');
  })();

  const feeds = [
    followFeed(app.url, 'jobLogs', id, auth, { after: cursor }),
    followFeed(otherNode.url, 'jobLogs', id, auth, { after: cursor }),
    followFeed(app.url, 'jobLogs', id, auth, { last: 700 }),
  ];
  await writing;
  await Promise.all(feeds.map((feed) => feed.ended()));

  for (const feed of feeds) {
    const first = feed.items[0]!.seq as number;
    expect(seqs(feed)).toEqual(range(first, written));
    expect(feed.items.map(({ text }) => text)).toEqual(texts(first, written - first + 1));
    const states = feed.pages.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
    expect(['REPLAYING LIVE ENDED', 'REPLAYING ENDED']).toContain(states.join(' '));
    expect(feed.pages.at(-1)).toMatchObject({ state: 'ENDED', total: written, reason: 'SUCCEEDED' });
    await feed.stop();
  }
  expect(feeds[0]!.items[0]!.seq).toBe(1);
  expect(feeds[1]!.items[0]!.seq).toBe(1);
});

test('each cursor of each page resumes exactly after it, on both nodes and in the paged query', async () => {
  const { id, cursor } = await aJob();
  const feed = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  await feed.until('a first page', ({ pages }) => pages.length > 0);
  for (let i = 0; i < 5; i++) {
    await appendLines(app.system, id, texts(i * 3 + 1, 3));
    await feed.until('the lines', ({ items }) => items.length === (i + 1) * 3);
  }
  await end(id, 'SUCCEEDED');
  await feed.ended();

  for (const page of feed.pages) {
    const seen = page.items.at(-1)?.seq ?? 0;
    const position =
      page.items.length > 0
        ? seen
        : Math.max(0, ...feed.pages.slice(0, feed.pages.indexOf(page)).flatMap(({ items }) => items.map(({ seq }) => seq)));
    for (const url of [app.url, otherNode.url]) {
      const resumed = await followFeed(url, 'jobLogs', id, auth, { after: page.cursor }).ended();
      expect(seqs(resumed)).toEqual(range(position + 1, 15));
      await resumed.stop();
    }
    const { job } = await data(
      otherNode.url,
      'query($id: ID!, $after: String) { job(id: $id) { logs(first: 500, after: $after) { nodes { seq } } } }',
      { id, after: page.cursor },
      auth,
    );
    expect(job.logs.nodes.map(({ seq }: { seq: number }) => seq)).toEqual(range(position + 1, 15));
  }
});

test('a cursor of the paged query continues as a feed', async () => {
  const { id } = await aJob();
  await appendLines(app.system, id, texts(1, 5));
  await end(id, 'SUCCEEDED');
  const { job } = await data(app.url, 'query($id: ID!) { job(id: $id) { logs(first: 2) { pageInfo { endCursor } } } }', { id }, auth);

  const feed = await followFeed(app.url, 'jobLogs', id, auth, { after: job.logs.pageInfo.endCursor }).ended();

  expect(seqs(feed)).toEqual([3, 4, 5]);
  await feed.stop();
});

test('a feed without after and last starts now', async () => {
  const { id } = await aJob();
  await appendLines(app.system, id, texts(1, 3));
  const feed = await followFeed(app.url, 'jobLogs', id, auth).until('a first page', ({ pages }) => pages.length > 0);

  await appendLines(app.system, id, texts(4, 2));
  await end(id, 'SUCCEEDED');
  await feed.ended();

  expect(feed.pages[0]).toMatchObject({ state: 'LIVE', items: [] });
  expect(seqs(feed)).toEqual([4, 5]);
  expect(feed.pages.at(-1)).toMatchObject({ total: 5 });
  await feed.stop();
});

test.each([
  [0, []],
  [2, [4, 5]],
  [10_000, [1, 2, 3, 4, 5]],
])('a feed with last: %i starts with the newest', async (last, expected) => {
  const { id } = await aJob();
  await appendLines(app.system, id, texts(1, 5));
  await end(id, 'SUCCEEDED');

  const feed = await followFeed(app.url, 'jobLogs', id, auth, { last }).ended();

  expect(seqs(feed)).toEqual(expected);
  await feed.stop();
});

test('a job that is over ends its feed after its last item, with total and reason, and completes it', async () => {
  const { id, cursor } = await aJob();
  await appendLines(app.system, id, texts(1, 1_200));
  await end(id, 'FAILED');

  const feed = await followFeed(app.url, 'jobLogs', id, auth, { after: cursor }).until('the completion', ({ isDone }) => isDone);

  expect(feed.pages.map(({ state, items, total, reason }) => [state, items.length, total, reason])).toEqual([
    ['REPLAYING', 500, null, null],
    ['REPLAYING', 500, null, null],
    ['ENDED', 200, 1_200, 'FAILED'],
  ]);
  const again = await followFeed(app.url, 'jobLogs', id, auth, { after: feed.cursor }).ended();
  expect(again.pages).toMatchObject([{ state: 'ENDED', items: [], total: 1_200, reason: 'FAILED', cursor: feed.cursor }]);
  await Promise.all([feed.stop(), again.stop()]);
});

test('an idle feed sends empty live pages with the same cursor', async () => {
  const { id, cursor } = await aJob();
  await appendLines(app.system, id, texts(1, 1));

  const feed = await followFeed(app.url, 'jobLogs', id, auth, { after: cursor }).until('four pages', ({ pages }) => pages.length >= 4);

  const [first, ...heartbeats] = feed.pages;
  expect(first!.items).toHaveLength(1);
  expect(heartbeats.map(({ state, items, cursor: at }) => [state, items.length, at === first!.cursor])).toEqual(
    heartbeats.map(() => ['LIVE', 0, true]),
  );
  await feed.stop();
});

test('an item whose bell was lost arrives all the same', async () => {
  const { id, cursor } = await aJob();
  const feed = await followFeed(app.url, 'jobLogs', id, auth, { after: cursor }).until('a first page', ({ pages }) => pages.length > 0);

  await appendLines(app.system, id, texts(1, 1), { isRung: false });

  await feed.until('the line', ({ items }) => items.length === 1);
  await feed.stop();
});

test.each<[string, object, string[]]>([
  ['after and last', { after: encodeCursor({ x: 1 }), last: 3 }, ['after', 'last']],
  ['a negative last', { last: -1 }, ['last']],
  ['too large a last', { last: 10_001 }, ['last']],
  ['a cursor of another stream', { after: encodeCursor({ 'job_log_lines:other': 1 }) }, ['after']],
  ['garbage as cursor', { after: 'garbage' }, ['after']],
  ['an empty cursor', { after: '' }, ['after']],
])('%s is bad input', async (_case, from, paths) => {
  const { id } = await aJob();

  const feed = await followFeed(app.url, 'jobLogs', id, auth, from).until('the refusal', ({ isDone }) => isDone);

  expect(feed.errors!.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', paths }]);
  expect(feed.pages).toEqual([]);
  await feed.stop();
});

test('the cursor of one job is refused by the feed of another', async () => {
  const [one, other] = [await aJob(), await aJob()];
  const { cursor } = await followFeed(app.url, 'jobLogs', one.id, auth, { last: 0 }).until('a page', ({ pages }) => pages.length > 0);

  const feed = await followFeed(app.url, 'jobLogs', other.id, auth, { after: cursor }).until('the refusal', ({ isDone }) => isDone);

  expect(feed.errors!.map(({ message, extensions }) => [extensions.code, message])).toEqual([
    ['BAD_USER_INPUT', 'after is a cursor of another stream'],
  ]);
});

test.each(['jobLogs', 'jobProgress'] as const)('%s of a job that is hidden, missing or no id is not found, all alike', async (name) => {
  const { id: hidden } = await aJob();

  for (const id of [hidden, '01999999-0000-7014-8000-000000000000', 'no-uuid', '']) {
    const feed = await followFeed(app.url, name, id, stranger, { last: 5 }).until('the refusal', ({ isDone }) => isDone);
    expect(feed.pages).toEqual([]);
    expect(feed.errors!.map(({ message, extensions }) => [message, extensions.code])).toEqual([[`Job ${id} was not found`, 'NOT_FOUND']]);
    await feed.stop();
  }
});

test('nobody who is not signed in follows anything', async () => {
  const { id } = await aJob();

  const feed = await followFeed(app.url, 'jobLogs', id, {}, { last: 5 }).until('the refusal', ({ isDone }) => isDone);

  expect(feed.errors!.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  await feed.stop();
});

test('losing the right to see a job ends its feeds without another item', async () => {
  const role = await aRole(app, 'watcher', ['job:read']);
  const watcher = await signedIn(app, 'wanda', ['watcher']);
  const { id, cursor } = await aJob();
  const feed = await followFeed(app.url, 'jobLogs', id, watcher, { after: cursor }).until('a first page', ({ pages }) => pages.length > 0);

  await sql('delete from role_permissions where role_id = $1', [role.id]);
  await eventually(
    'the right to be gone',
    () => sql('select 1 from role_permissions where role_id = $1', [role.id]),
    (rows) => rows.length === 0,
  );
  await feed.until('the refusal', ({ isDone }) => isDone);
  await appendLines(app.system, id, texts(1, 1));

  expect(feed.errors!.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
  expect(feed.items).toEqual([]);
  await feed.stop();
});

test('a feed resumes after a socket that was cut, from the cursor it had, with nothing lost and nothing twice', async () => {
  const { id, cursor } = await aJob();
  let written = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await appendLines(app.system, id, texts(written + 1, 7));
      written += 7;
    }
    await end(id, 'SUCCEEDED');
  })();

  const items: Record<string, any>[] = [];
  let after = cursor;
  for (let round = 0; round < 6; round++) {
    const feed = followFeed(round % 2 ? app.url : otherNode.url, 'jobLogs', id, auth, { after });
    await feed.until('some lines', (so) => so.items.length >= 20);
    feed.kill();
    await feed.until('the cut', ({ closed }) => closed !== null);
    items.push(...feed.items);
    after = feed.cursor;
  }
  isOver = true;
  await writing;
  const rest = await followFeed(app.url, 'jobLogs', id, auth, { after }).ended();

  expect([...items, ...rest.items].map(({ seq, text }) => [seq, text])).toEqual(range(1, written).map((seq) => [seq, `line ${seq}`]));
  await rest.stop();
});
