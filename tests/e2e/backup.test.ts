import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { data, signIn, upload } from '../support/client.js';
import { emptyDatabase } from '../support/database.js';
import { followFeed } from '../support/feed.js';
import { childOf, enqueue, jobIn, jobOf, openSql, type Sql } from '../support/probe.js';
import { answerOf, embeddedUrl } from './support/command.js';
import { filesOf, rowsOf, structureOf } from './support/contents.js';
import { aDataDir, startProbeServer, stop } from './support/process.js';

vi.setConfig({ testTimeout: 180_000 });

const password = 'a long enough password';
const folder = await mkdtemp(join(tmpdir(), 'signalbox-backups-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const scheduleNamed = (name: string) => ({ name, operation: 'probe.night', cron: '0 4 * * *', isEnabled: false });

/** Uploads, mutates and starts jobs that print, until it is stopped; tells how much of it was done. */
function load(url: string, auth: { token: string }) {
  const done = { uploads: 0, schedules: 0, jobs: 0 };
  let isOver = false;
  const repeat = async (count: keyof typeof done, once: (n: number) => Promise<unknown>): Promise<void> => {
    while (!isOver) {
      await once(done[count]);
      done[count]++;
    }
  };
  const all = Promise.all([
    repeat('uploads', (n) => upload(url, `upload ${n}\n`.repeat(1 + (n % 1000)), `${n}.log`, auth)),
    repeat('schedules', (n) =>
      data(
        url,
        'mutation($input: CreateJobScheduleInput!) { createJobSchedule(input: $input) { jobSchedule { id } } }',
        { input: scheduleNamed(`at ${n}`) },
        auth,
      ),
    ),
    repeat('jobs', () => enqueue(url, 'probe.print', { lines: 20, delayMs: 5 }, auth)),
  ]);
  const stop = () => {
    isOver = true;
    return all;
  };
  onTestFinished(() => void stop().catch(() => {}));
  return { done, stop };
}

/** Asserts that the rows of a database agree with one another, and with the files of a data folder. */
async function expectConsistent(sql: Sql, dataDir: string): Promise<void> {
  expect(
    await sql(`select s.name, s.seq, max(l.seq) from streams s join job_log_lines l on s.name = 'job_log_lines:' || l.job_id group by s.name, s.seq
      having s.seq <> max(l.seq) or count(*) <> max(l.seq)`),
  ).toEqual([]);
  expect(await sql(`select j.id from jobs j where not exists (select 1 from job_events e where e.job_id = j.id and e.seq = 1)`)).toEqual(
    [],
  );
  expect(await sql(`select count(*)::int as n from changes c join streams s on s.name = '*' where c.position > s.seq`)).toEqual([{ n: 0 }]);
  const uploads = await sql<{ id: string; sha256: string }>('select id, sha256 from uploads');
  expect(await filesOf(dataDir, 'uploads')).toEqual(Object.fromEntries(uploads.map(({ id, sha256 }) => [`uploads/${id}`, sha256])));
  const results = await sql<{ path: string; sha256: string }>(
    `select 'results/' || job_id || '-' || attempt || '/' || id as path, sha256 from job_files`,
  );
  expect(results.length).toBeGreaterThan(0);
  expect(await filesOf(dataDir, 'results')).toEqual(Object.fromEntries(results.map(({ path, sha256 }) => [path, sha256])));
}

/** Asserts that nothing of the audit trail was lost or changed. */
async function expectIntact(settings: Record<string, string>): Promise<void> {
  const report = await answerOf(['audit', 'verify'], settings);
  expect(report).toMatchObject({ isIntact: true, problemCount: 0, hasMore: false });
  expect(report.checkedCount).toBeGreaterThan(20);
  expect(report.checkpointCount).toBeGreaterThan(0);
}

test('a backup under load and one of a stopped server are restored, into a folder and into a database, and go on where they were', async () => {
  const gate = join(folder, 'gate');
  await writeFile(gate, 'wait');
  const settings = { ADMIN_PASSWORD: password, FILE_ROOTS: folder, WORKER_CONCURRENCY: '4' };
  const dataDir = await aDataDir();
  const server = await startProbeServer({ ...settings, DATA_DIR: dataDir });
  const auth = await signIn(server.url, 'admin', password);
  await data(server.url, 'mutation { createAuditCheckpoint { checkpoint { number } } }', {}, auth);
  const first = await enqueue(server.url, 'probe.print', { lines: 3 }, auth);
  const left = await enqueue(server.url, 'probe.leave', { files: { 'a.txt': 'kept' } }, auth);
  await jobIn(server.url, first.id, 'SUCCEEDED', auth);
  await jobIn(server.url, left.id, 'SUCCEEDED', auth);
  const running = await enqueue(server.url, 'probe.wait', { flag: gate }, auth);
  await childOf(server.url, running.id, auth);
  const parked = [
    await enqueue(server.url, 'probe.alone', { holdMs: 1500 }, auth),
    await enqueue(server.url, 'probe.alone', { holdMs: 1500 }, auth),
  ];

  const work = load(server.url, auth);
  await expect.poll(() => Math.min(...Object.values(work.done)), { timeout: 30_000 }).toBeGreaterThan(3);
  const before = { ...work.done };
  const underLoad = await answerOf(['backup', join(folder, 'loaded.backup')], { DATA_DIR: dataDir });
  const during = {
    uploads: work.done.uploads - before.uploads,
    schedules: work.done.schedules - before.schedules,
    jobs: work.done.jobs - before.jobs,
  };
  await work.stop();

  expect(Math.min(...Object.values(during))).toBeGreaterThan(0);
  expect(underLoad).toMatchObject({ missing: [], keys: { isIncluded: true } });
  expect((await stat(join(folder, 'loaded.backup'))).mode & 0o777).toBe(0o600);
  const feed = await followFeed(server.url, 'jobEvents', null, auth, { after: first.cursor }).until(
    'all jobs to have ended',
    ({ items }) => ended(items) >= work.done.jobs + 4,
    120_000,
  );
  const events = feed.items;
  await feed.stop();
  expect(await stop(server.process)).toBe(0);

  await answerOf(['backup', join(folder, 'stopped.backup')], { DATA_DIR: dataDir });

  // Into a folder: what ran and what waited goes on.
  const restoredDir = await aDataDir();
  const told = await answerOf(['restore', join(folder, 'loaded.backup')], { DATA_DIR: restoredDir });
  expect(told).toMatchObject({ createdAt: underLoad.createdAt, rows: underLoad.rows, files: underLoad.files, missing: [], leftOut: [] });
  await expectIntact({ DATA_DIR: restoredDir });
  const again = await startProbeServer({ ...settings, DATA_DIR: restoredDir });
  const sql = await openSql(embeddedUrl(restoredDir));
  await expectConsistent(sql, restoredDir);
  expect(await data(again.url, '{ me { username } }', {}, auth)).toEqual({ me: { username: 'admin' } });
  await writeFile(gate, 'go');
  expect(await jobIn(again.url, running.id, 'SUCCEEDED', auth)).toMatchObject({ attempts: 2 });
  for (const { id } of parked) await jobIn(again.url, id, 'SUCCEEDED', auth);
  await expect
    .poll(() => sql(`select status, count(*)::int as n from jobs group by 1`), { timeout: 60_000 })
    .toEqual([{ status: 'SUCCEEDED', n: expect.any(Number) }]);
  const resumed = await followFeed(again.url, 'jobEvents', null, auth, { after: first.cursor }).until(
    'all events',
    ({ pages }) => pages.at(-1)?.state === 'LIVE',
  );
  const counted = await sql<{ n: number }>(
    `select count(*)::int as n from job_events where position > (select position from job_events where job_id = $1 and seq = 1) - 1`,
    [first.id],
  );
  expect(resumed.items.length).toBe(counted[0]!.n);
  await resumed.stop();
  await sql.client.end();
  expect(await stop(again.process)).toBe(0);

  // Into a database: everything is the same.
  const databaseUrl = await emptyDatabase();
  const otherDir = await aDataDir();
  await answerOf(['restore', join(folder, 'stopped.backup')], { DATA_DIR: otherDir, DATABASE_URL: databaseUrl });
  const source = await startEmbeddedPostgres({ dataDir });
  onTestFinished(() => source.stop());
  const [from, into] = [await openSql(source.url), await openSql(databaseUrl)];
  const [original, restored] = [await rowsOf(from), await rowsOf(into)];
  const added = Object.fromEntries(
    Object.entries(restored).map(([table, rows]) => [table, rows.filter((row) => !original[table]!.includes(row))]),
  );
  const gone = Object.fromEntries(
    Object.entries(original).map(([table, rows]) => [table, rows.filter((row) => !restored[table]!.includes(row))]),
  );
  // Only what tells of the restore itself: its entry, with the link of the entry, and the place that it takes.
  const head = expect.stringMatching(/^\(\*,/);
  expect(withRows(added)).toEqual({
    changes: [expect.stringMatching(/operating\.backup\.restored.*command line.*stopped\.backup/)],
    audit_seals: [expect.any(String)],
    streams: [head],
  });
  expect(withRows(gone)).toEqual({ streams: [head] });
  await expectIntact({ DATA_DIR: otherDir, DATABASE_URL: databaseUrl });
  expect(await structureOf(into)).toEqual(await structureOf(from));
  expect(await filesOf(otherDir, 'uploads', 'results', 'encryption.key')).toEqual(
    await filesOf(dataDir, 'uploads', 'results', 'encryption.key'),
  );
  expect(await into(`select last_value >= max(number) as ok from worker_numbers, workers group by last_value`)).toEqual([{ ok: true }]);
  const third = await startProbeServer({ ...settings, DATA_DIR: otherDir, DATABASE_URL: databaseUrl });
  const same = await followFeed(third.url, 'jobEvents', null, auth, { after: first.cursor }).until(
    'all events',
    ({ items }) => items.length >= events.length,
  );
  expect(same.items.slice(0, events.length)).toEqual(events);
  await same.stop();
  expect(await jobOf(third.url, first.id, auth)).toMatchObject({ status: 'SUCCEEDED' });
  const verified = await enqueue(third.url, 'upkeep.verifyAudit', {}, auth);
  expect(JSON.parse(JSON.stringify((await jobIn(third.url, verified.id, 'SUCCEEDED', auth)).result))).toMatchObject({ isIntact: true });
});

/** The tables that have any rows here. */
const withRows = (tables: Record<string, string[]>) => Object.fromEntries(Object.entries(tables).filter(([, rows]) => rows.length > 0));

const ended = (items: Record<string, any>[]): number => items.filter(({ status }) => status === 'SUCCEEDED').length;
