import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { sequence } from '#core/feed/write.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { followFeed, type TestFeed } from '../../support/feed.js';
import { cancel, enqueue, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

// Nothing runs jobs here: the tests write the events of their jobs themselves.
const app = await startProbeApp({ ROLE: 'api' });
const auth: Auth = await signIn(app.url);
const { slug } = await aRole(app, 'enqueuer', ['job:enqueue']);

const aJob = (by = auth) => enqueue(app.url, 'probe.print', { lines: 1 }, by);
const messages = (feed: TestFeed): string[] => feed.items.map(({ message }) => message);

/** A transaction that a test opens and commits by hand. */
async function openTransaction(): Promise<Client> {
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  return client;
}

const appendEvent = (client: Client, jobId: string, message: string) =>
  client.query(
    `with bumped as (update streams set seq = seq + 1 where name = 'job_events:' || $2 returning seq)
     insert into job_events (id, job_id, seq, attempt, status, message, created_at) select $1, $2::uuid, seq, 1, 'RUNNING', $3, clock_timestamp() from bumped`,
    [newId(21), jobId, message],
  );

test('writers that commit in reverse order are all followed, in one order that every reader sees', async () => {
  const [first, second, third] = [await aJob(), await aJob(), await aJob()];
  const live = await followFeed(app.url, 'jobEvents', null, auth, { after: third.cursor }).until(
    'the last job',
    ({ items }) => items.length > 0,
  );
  const [slowest, slow, quick] = [await openTransaction(), await openTransaction(), await openTransaction()];
  await appendEvent(slowest, first.id, 'written first');
  await appendEvent(slow, second.id, 'written second');
  await appendEvent(quick, third.id, 'written third');

  await quick.query('commit');
  await sequence(app.system);
  await live.until('the third', (feed) => messages(feed).includes('written third'));
  const between = live.cursor;
  await slow.query('commit');
  await sequence(app.system);
  await live.until('the second', (feed) => messages(feed).includes('written second'));
  await slowest.query('commit');
  await sequence(app.system);
  await live.until('the first', (feed) => messages(feed).includes('written first'));

  expect(messages(live)).toEqual(['Waits in sre-toolbox', 'written third', 'written second', 'written first']);
  const replayed = await followFeed(app.url, 'jobEvents', null, auth, { after: third.cursor }).until(
    'all of it',
    ({ items }) => items.length >= 4,
  );
  const resumed = await followFeed(app.url, 'jobEvents', null, auth, { after: between }).until(
    'the rest',
    ({ items }) => items.length >= 2,
  );
  expect(replayed.items).toEqual(live.items);
  expect(messages(resumed)).toEqual(['written second', 'written first']);
  await Promise.all([live.stop(), replayed.stop(), resumed.stop()]);
});

test('a transaction that stays open does not hold back what others commit', async () => {
  const [held, free] = [await aJob(), await aJob()];
  const open = await openTransaction();
  await appendEvent(open, held.id, 'not yet');
  const feed = followFeed(app.url, 'jobEvents', null, auth, { after: free.cursor });
  await feed.until('a first page', ({ pages }) => pages.length > 0);

  await cancel(app.url, free.id, auth);

  await feed.until('the cancellation', ({ items }) => items.some(({ status }) => status === 'CANCELLED'));
  expect(feed.items.map(({ status, job }) => [status, job.id])).toEqual([
    ['QUEUED', free.id],
    ['CANCELLED', free.id],
  ]);
  await open.query('rollback');
  await feed.stop();
});

test('the cursor of a mutation begins right before its own events', async () => {
  const earlier = await aJob();
  const { id, cursor } = await aJob();
  await cancel(app.url, earlier.id, auth);

  const feed = await followFeed(app.url, 'jobEvents', null, auth, { after: cursor }).until('both', ({ items }) => items.length >= 2);

  expect(feed.items.map(({ status, job }) => [status, job.id])).toEqual([
    ['QUEUED', id],
    ['CANCELLED', earlier.id],
  ]);
  await feed.stop();
});

test('last counts the newest events that the caller sees, not what else took a place in the order', async () => {
  const owner = await signedIn(app, 'enno', [slug]);
  const own = [await aJob(owner), await aJob(owner), await aJob(owner)];
  for (let i = 0; i < 4; i++) await aJob();

  const feed = await followFeed(app.url, 'jobEvents', null, owner, { last: 2 }).until(
    'a live page',
    ({ pages }) => pages.at(-1)?.state === 'LIVE',
  );

  expect(feed.items.map(({ job }) => job.id)).toEqual([own[1]!.id, own[2]!.id]);
  await feed.stop();
});

test('last with a filter counts what the filter lets through', async () => {
  const [one, other] = [await aJob(), await aJob()];
  await cancel(app.url, one.id, auth);
  await cancel(app.url, other.id, auth);
  for (let i = 0; i < 3; i++) await aJob();

  const feed = await followFeed(app.url, 'jobEvents', null, auth, { last: 2, filter: { status: { eq: 'CANCELLED' } } }).until(
    'a live page',
    ({ pages }) => pages.at(-1)?.state === 'LIVE',
  );

  expect(feed.items.map(({ job, status }) => [job.id, status])).toEqual([
    [one.id, 'CANCELLED'],
    [other.id, 'CANCELLED'],
  ]);
  await feed.stop();
});

test('somebody without job:read sees only the events of their own jobs, live and replayed', async () => {
  const owner = await signedIn(app, 'erna', [slug]);
  const start = await aJob();
  const live = await followFeed(app.url, 'jobEvents', null, owner, { after: start.cursor }).until(
    'a page',
    ({ pages }) => pages.length > 0,
  );
  const own = await aJob(owner);
  const foreign = await aJob();
  await cancel(app.url, foreign.id, auth);
  await cancel(app.url, own.id, owner);

  await live.until('the end of the own job', ({ items }) => items.some(({ status }) => status === 'CANCELLED'));

  const seen = live.items.map(({ status, job }) => [status, job.id]);
  expect(seen).toEqual([
    ['QUEUED', own.id],
    ['CANCELLED', own.id],
  ]);
  const replayed = await followFeed(app.url, 'jobEvents', null, owner, { after: start.cursor }).until('a live page', ({ pages }) =>
    pages.some(({ state }) => state === 'LIVE'),
  );
  expect(replayed.items).toEqual(live.items);
  await Promise.all([live.stop(), replayed.stop()]);
});

test('a feed whose newest positions are all hidden still goes on, and its cursor with them', async () => {
  const owner = await signedIn(app, 'emil', [slug]);
  const own = await aJob(owner);
  const feed = await followFeed(app.url, 'jobEvents', null, owner, { after: own.cursor }).until(
    'the own job',
    ({ items }) => items.length === 1,
  );
  const before = feed.cursor;
  await aJob();

  await feed.until('a page beyond', ({ pages }) => pages.at(-1)!.cursor !== before);

  expect(feed.items).toHaveLength(1);
  await feed.stop();
});

test('a filter lets through what it names, live and replayed, and the paged query agrees', async () => {
  const start = await aJob();
  const filter = { status: { in: ['CANCELLED'] } };
  const feed = await followFeed(app.url, 'jobEvents', null, auth, { after: start.cursor, filter }).until(
    'a page',
    ({ pages }) => pages.length > 0,
  );
  const jobs = [await aJob(), await aJob()];
  for (const { id } of jobs) await cancel(app.url, id, auth);

  await feed.until('both ends', ({ items }) => items.length === 2);

  expect(feed.items.map(({ status, job }) => [status, job.id])).toEqual(jobs.map(({ id }) => ['CANCELLED', id]));
  const { jobEvents } = await data(
    app.url,
    'query($after: String, $filter: JobEventFilter) { jobEvents(first: 100, after: $after, filter: $filter) { nodes { status job { id } } } }',
    { after: start.cursor, filter },
    auth,
  );
  expect(jobEvents.nodes).toEqual(feed.items.map(({ status, job }) => ({ status, job: { id: job.id } })));
  await feed.stop();
});

test('the feed of all jobs has no end', async () => {
  const { id, cursor } = await aJob();
  const feed = followFeed(app.url, 'jobEvents', null, auth, { after: cursor });
  await cancel(app.url, id, auth);

  await feed.until('three pages after the end', ({ pages, items }) => items.length === 2 && pages.length >= 5);

  expect(new Set(feed.pages.map(({ state, total, reason }) => `${state === 'ENDED'} ${total} ${reason}`))).toEqual(
    new Set(['false null null']),
  );
  await feed.stop();
});
