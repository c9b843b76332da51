import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { decodeCursor } from '#core/feed/cursor.js';
import { noteTrimmed } from '#core/feed/streams.js';
import { linesOf } from '#domains/jobs/job-streams.js';
import { appendLines } from '../../support/append.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { TestFeed, followFeed } from '../../support/feed.js';
import { cancel, enqueue, jobIn, startProbeApp, startWorker } from '../../support/probe.js';

const app = await startProbeApp({ ROLE: 'api' });
const admin = await signIn(app.url);

const follow = (id: string, after: string): TestFeed =>
  new TestFeed(
    app.url,
    'subscription($id: ID!, $after: String) { jobLogs(jobId: $id, after: $after) { state cursor lost { from to } items { seq text } } }',
    { id, after },
    admin,
    'jobLogs',
  );

/** Removes the oldest lines of a job, as retention does. */
const trim = (id: string, through: number) =>
  app.system.database.fork().transactional(async (em) => {
    await em
      .getConnection()
      .execute(`delete from job_log_lines where job_id = '${id}' and seq <= ${through}`, [], 'run', em.getTransactionContext());
    await noteTrimmed(em, linesOf(id), through);
  });

test('who resumes before what was deleted is told which range is gone, and gets all that follows', async () => {
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  await appendLines(app.system, id, ['1', '2', '3', '4', '5']);
  await trim(id, 3);

  const feed = await follow(id, cursor).until('all that is left', ({ items }) => items.length === 2);

  const [reset, ...others] = feed.pages as (TestFeed['pages'][number] & { lost: { from: string; to: string } | null })[];
  expect([reset!.state, reset!.items, decodeCursor(reset!.lost!.from, linesOf(id)), decodeCursor(reset!.lost!.to, linesOf(id))]).toEqual([
    'RESET',
    [],
    0,
    3,
  ]);
  expect(reset!.cursor).toBe(reset!.lost!.to);
  expect(others.map(({ state }) => state)).not.toContain('RESET');
  expect(feed.items.map(({ seq }) => seq)).toEqual([4, 5]);
  await feed.stop();
});

test('who has seen what was deleted is told nothing, and a live follower goes on', async () => {
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  const live = follow(id, cursor);
  await appendLines(app.system, id, ['1', '2', '3']);
  await live.until('the lines', ({ items }) => items.length === 3);
  await trim(id, 3);

  const resumed = await follow(id, live.cursor).until('its first page', ({ pages }) => pages.length > 0);
  await appendLines(app.system, id, ['4']);
  await Promise.all([live, resumed].map((feed) => feed.until('the next line', ({ items }) => items.at(-1)?.seq === 4)));

  expect([live, resumed].map(({ pages }) => pages.filter(({ state }) => state === 'RESET'))).toEqual([[], []]);
  await Promise.all([live.stop(), resumed.stop()]);
});

test('when old jobs are deleted, who resumes the feed of all jobs before their events is told so, and who stands behind them is not', async () => {
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  await cancel(app.url, id, admin);
  await rowsOf(app, sql`update jobs set finished_at = now() - interval '31 days' where id = ${id}`);
  const { cursor: behind } = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  const worker = await startWorker(app.databaseUrl);
  const { enqueueJob } = await data(app.url, 'mutation { enqueueJob(input: { name: "upkeep.trimJobs" }) { job { id } } }', {}, admin);
  await jobIn(app.url, enqueueJob.job.id, 'SUCCEEDED', admin);
  await worker.stop();

  const before = await followFeed(app.url, 'jobEvents', null, admin, { after: cursor }).until(
    'what is left',
    ({ pages }) => pages.length > 1,
  );
  const after = await followFeed(app.url, 'jobEvents', null, admin, { after: behind }).until(
    'what is left',
    ({ items }) => items.length > 0,
  );

  expect(before.pages[0]!.state).toBe('RESET');
  expect(before.items.map(({ job }) => job.id)).not.toContain(id);
  expect(before.items).toEqual(after.items);
  expect(after.pages.map(({ state }) => state)).not.toContain('RESET');
  await Promise.all([before.stop(), after.stop()]);
});
