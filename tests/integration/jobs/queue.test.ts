import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { signIn } from '../../support/client.js';
import { cancel, childOf, enqueue, eventually, jobIn, openSql, startProbeApp } from '../../support/probe.js';

const roots = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-queue-')));
const flag = join(roots, 'flag');
const app = await startProbeApp({ FILE_ROOTS: roots, WORKER_CONCURRENCY: '2' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

beforeEach(() => writeFile(flag, 'wait'));

/** Occupies both places of the worker; the returned function frees them. */
async function occupyWorker(): Promise<() => Promise<void>> {
  const blockers = [await enqueue(app.url, 'probe.wait', { flag }, auth), await enqueue(app.url, 'probe.wait', { flag }, auth)];
  for (const { id } of blockers) await childOf(app.url, id, auth);
  return async () => {
    await writeFile(flag, 'go');
    for (const { id } of blockers) await jobIn(app.url, id, 'SUCCEEDED', auth);
  };
}

const begun = async (ids: string[]): Promise<string[]> =>
  (await sql('select id from jobs where id = any($1) and started_at is not null order by started_at, id', [ids])).map(({ id }) => id);

test('a job of higher priority begins before those that wait already', async () => {
  const free = await occupyWorker();
  const ordinary = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const low = await enqueue(app.url, 'probe.print', { lines: 1 }, auth, { priority: -100 });
  const high = await enqueue(app.url, 'probe.print', { lines: 1 }, auth, { priority: 100 });
  const ids = [ordinary.id, low.id, high.id];
  expect(await begun(ids)).toEqual([]);

  await free();
  await Promise.all(ids.map((id) => jobIn(app.url, id, 'SUCCEEDED', auth)));

  const [first, , last] = await begun(ids);
  expect(new Set([first, (await begun(ids))[1]])).toEqual(new Set([high.id, ordinary.id]));
  expect(last).toBe(low.id);
});

test('a process runs no more jobs at once than it may, and all of them in the end', async () => {
  const jobs = await Promise.all(Array.from({ length: 9 }, () => enqueue(app.url, 'probe.print', { lines: 5, delayMs: 10 }, auth)));
  const ids = jobs.map(({ id }) => id);

  await Promise.all(ids.map((id) => jobIn(app.url, id, 'SUCCEEDED', auth)));

  const [most] = await sql(
    `select max(running)::int as running from (
       select (select count(*) from jobs b where b.id = any($1) and b.started_at <= a.started_at and b.finished_at > a.started_at) as running from jobs a where a.id = any($1)
     ) r`,
    [ids],
  );
  expect(most!.running).toBe(2);
});

test('a full worker takes the next job as soon as a place is free, also one of another queue', async () => {
  const free = await occupyWorker();
  const night = await enqueue(app.url, 'probe.night', {}, auth);
  const day = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);

  await free();

  await jobIn(app.url, night.id, 'SUCCEEDED', auth);
  await jobIn(app.url, day.id, 'SUCCEEDED', auth);
});

test('a job that is cancelled while it waits leaves its place to others', async () => {
  const free = await occupyWorker();
  const [cancelled, next] = [await enqueue(app.url, 'probe.wait', {}, auth), await enqueue(app.url, 'probe.print', { lines: 1 }, auth)];
  expect(await cancel(app.url, cancelled.id, auth)).toBe('CANCELLED');

  await free();

  await jobIn(app.url, next.id, 'SUCCEEDED', auth);
  expect(await sql('select attempts, started_at from jobs where id = $1', [cancelled.id])).toEqual([{ attempts: 0, started_at: null }]);
});

test('every delivery is taken in the end, and none twice', async () => {
  await eventually(
    'all deliveries to be taken',
    () => sql(`select name, state from pgboss.job where name in ('sre-toolbox', 'night-shift') and state <> 'completed'`),
    (rows) => rows.length === 0,
  );
  expect(await sql(`select id from jobs where attempts > 1`)).toEqual([]);
});
