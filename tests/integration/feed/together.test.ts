import { expect, onTestFinished, test, vi } from 'vitest';
import { Reader } from '#core/graph/read/reader.js';
import { executeSql, sql } from '#core/database/sql.js';
import { endStreams } from '#core/feed/streams.js';
import { rightsStream } from '#core/policy/actor.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { JobLogLine } from '#domains/jobs/job-log-line.entity.js';
import { eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { appendLines } from '../../support/append.js';
import { signIn, type Auth } from '../../support/client.js';
import { followFeed, TestFeed } from '../../support/feed.js';
import { enqueue, eventually, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

// Nothing runs jobs here: the tests write the lines of their jobs themselves.
const app = await startProbeApp({ ROLE: 'api', HEARTBEAT_MS: '60000' });
const admin = await signIn(app.url);
const idle = app.system.bell.listening;
const { slug: watches } = await aRole(app, 'watcher', ['job:read', 'execution:read']);
const { slug: enqueues } = await aRole(app, 'enqueuer', ['job:enqueue']);

const aJob = (by: Auth = admin): Promise<{ id: string }> => enqueue(app.url, 'probe.print', { lines: 1 }, by);
const texts = (feed: TestFeed): string[] => feed.items.map(({ text }) => text as string);
/** Waits until so many follow together, in so many groups: one of each group listens, for news and for its rights. */
const together = (followers: number, groups = 1) =>
  eventually(
    `${followers} to follow in ${groups} groups`,
    () => [app.system.meter.together, app.system.bell.listening - idle],
    ([found, listening]) => found === followers && listening === groups * 2,
  );

/** Adds a line without what is declared of lines. */
async function insertLine(id: string, text: string): Promise<void> {
  await executeSql(
    app.system.database.fork(),
    sql`with bumped as (update streams set seq = seq + 1 where name = ${linesOf(id)} returning seq)
      insert into job_log_lines (id, job_id, seq, attempt, stream, level, text, created_at)
      select gen_random_uuid(), ${id}, seq, 1, 'STDOUT', 'INFO', ${text}, now() from bumped`,
  );
  app.system.bell.ring(linesOf(id));
}

/** Follows the log of a job, until the feed waits for something new. */
async function followed(id: string, by: Auth): Promise<TestFeed> {
  const feed = followFeed(app.url, 'jobLogs', id, by);
  await feed.until('its first page', ({ pages }) => pages.length > 0);
  return feed;
}

/** How many statements found lines while something is done; a second ring of the bell lets them be looked for in vain. */
async function readsOfLines(act: () => Promise<void>): Promise<number> {
  const rows = vi.spyOn(Reader.prototype, 'rows');
  onTestFinished(() => rows.mockRestore());
  await act();
  const ofLines = rows.mock.results.filter((_result, i) => rows.mock.calls[i]![0].text.includes('"job_log_lines"'));
  const found = await Promise.all(ofLines.map(({ value }) => value as Promise<unknown[]>));
  rows.mockRestore();
  return found.filter(({ length }) => length > 0).length;
}

test('a line is read once for all who follow with the same rights, and each of them gets it', async () => {
  const { id } = await aJob();
  const watcher = await signedIn(app, 'wanda', [watches]);
  const feeds = await Promise.all([admin, admin, admin, watcher].map((by) => followed(id, by)));
  await together(4);

  const reads = await readsOfLines(async () => {
    await appendLines(app.system, id, ['for all']);
    await Promise.all(feeds.map((feed) => feed.until('the line', ({ items }) => items.length === 1)));
  });

  expect(feeds.map(texts)).toEqual(feeds.map(() => ['for all']));
  expect(reads).toBe(1);
  await Promise.all(feeds.map((feed) => feed.stop()));
  await together(0, 0);
});

test('those who see the jobs of all but those of tools follow together too', async () => {
  const { id } = await aJob();
  const viewers = await Promise.all(['vera', 'viktor'].map((name) => signedIn(app, name, ['viewer'])));

  const feeds = await Promise.all([...viewers, admin].map((by) => followed(id, by)));

  await together(3, 2);
  await Promise.all(feeds.map((feed) => feed.stop()));
  await together(0, 0);
});

test('followers with other rights follow apart', async () => {
  const owner = await signedIn(app, 'owen', [enqueues]);
  const { id } = await aJob(owner);
  const feeds = await Promise.all([admin, owner].map((by) => followed(id, by)));
  await together(2, 2);

  await appendLines(app.system, id, ['for both']);
  await Promise.all(feeds.map((feed) => feed.until('the line', ({ items }) => items.length === 1)));

  expect(feeds.map(texts)).toEqual([['for both'], ['for both']]);
  await Promise.all(feeds.map((feed) => feed.stop()));
  await together(0, 0);
});

test('who loses the right leaves the others, who miss nothing', async () => {
  const { id } = await aJob();
  const leaver = await signedIn(app, 'lea', [watches]);
  const [gone, ...others] = await Promise.all([leaver, admin, admin].map((by) => followed(id, by)));
  await together(3);

  const user = sql`(select id from users where username = 'lea')`;
  await executeSql(app.system.database.fork(), sql`delete from role_assignments where user_id = ${user}`);
  app.system.bell.ring(rightsStream);
  await gone!.ended();
  await appendLines(app.system, id, ['later']);
  await Promise.all(others.map((feed) => feed.until('the line', ({ items }) => items.length === 1)));

  expect(gone!.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  expect(texts(gone!)).toEqual([]);
  expect(others.map(texts)).toEqual([['later'], ['later']]);
  await Promise.all(others.map((feed) => feed.stop()));
  await together(0, 0);
});

test('items need no time of their own', async () => {
  const { fields } = declarationOf(JobLogLine);
  const createdAt = fields.get('createdAt')!;
  fields.delete('createdAt');
  onTestFinished(() => void fields.set('createdAt', createdAt));
  const { id } = await aJob();
  const query = 'subscription Timeless($id: ID!) { jobLogs(jobId: $id) { state items { text } } }';
  const feed = await new TestFeed(app.url, query, { id }, admin, 'jobLogs').until('its first page', ({ pages }) => pages.length > 0);

  await insertLine(id, 'timeless');

  await feed.until('the line', ({ items }) => items.length === 1);
  expect([feed.items, feed.errors]).toEqual([[{ text: 'timeless' }], null]);
  await feed.stop();
  await together(0, 0);
});

test('when the one who reads goes, the others go on', async () => {
  const { id } = await aJob();
  const first = await followed(id, admin);
  await together(1);
  const second = await followed(id, admin);
  await together(2);

  await first.stop();
  await appendLines(app.system, id, ['one']);
  await second.until('the line', ({ items }) => items.length === 1);
  await endStreams(app.system.database.fork(), 'SUCCEEDED', linesOf(id), eventsOf(id));
  app.system.bell.ring(linesOf(id));
  await second.ended();

  expect(texts(second)).toEqual(['one']);
  expect(second.pages.at(-1)).toMatchObject({ state: 'ENDED', total: 1, reason: 'SUCCEEDED' });
  await together(0, 0);
});

test('whoever may not see what is only counted follows apart from those who may', async () => {
  const all = ['job:read', 'user:read', 'session:read'];
  const roles = await Promise.all([aRole(app, 'counter', all), aRole(app, 'no-counter', all.slice(0, 2))]);
  const [sees, seesNot] = await Promise.all(roles.map(({ slug }) => signedIn(app, `with-${slug}`, [slug])));
  const query = 'subscription { jobEvents { state cursor items { job { id requestedBy { sessions { totalCount } } } } } }';
  const feeds = [sees!, seesNot!].map((by) => new TestFeed(app.url, query, {}, by, 'jobEvents'));
  await Promise.all(feeds.map((feed) => feed.until('its first page', ({ pages }) => pages.length > 0)));
  await together(2, 2);

  const { id } = await aJob();
  await Promise.all(feeds.map((feed) => feed.until('the job', ({ items }) => items.some(({ job }) => job.id === id))));

  const counts = feeds.map((feed) => feed.items.find(({ job }) => job.id === id)!.job.requestedBy.sessions.totalCount as number);
  expect(counts).toEqual([1, 0]);
  await Promise.all(feeds.map((feed) => feed.stop()));
  await together(0, 0);
});

test.each([
  ['fields', 'job { ...of }', 'fragment of on Job { id }', 1],
  [
    'a condition on what is related',
    'job { id ...of }',
    'fragment of on Job { toolkit { jobs(filter: { requestedBy: { is: { id: { isNull: false } } } }) { totalCount } } }',
    0,
  ],
])('a fragment with %s decides whether its follower may follow together', async (_what, item, fragment, followers) => {
  const feed = new TestFeed(app.url, `subscription { jobEvents { state cursor items { ${item} } } } ${fragment}`, {}, admin, 'jobEvents');
  await feed.until('its first page', ({ pages }) => pages.length > 0);
  for (let i = 0; i < 2; i++) {
    const { id } = await aJob();
    await feed.until('the job', ({ items }) => items.some(({ job }) => job.id === id));
  }

  expect(app.system.meter.together).toBe(followers);
  await feed.stop();
  await together(0, 0);
});
