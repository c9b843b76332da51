import { writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { endRun, type EndingJob } from '#domains/jobs/runs/end-run.js';
import { moveJob } from '#domains/jobs/queue/move-job.js';
import { recoverJobs } from '#domains/jobs/runs/recover-jobs.js';
import { Liveness } from '#core/jobs/liveness.js';
import { signIn } from '../../support/client.js';
import { aFlag } from '../../support/flag.js';
import { followFeed } from '../../support/feed.js';
import {
  cancel,
  childOf,
  enqueue,
  eventually,
  gone,
  isRunning,
  jobIn,
  jobOf,
  openSql,
  startProbeApp,
  startWorker,
} from '../../support/probe.js';
import { openProxy } from '../../support/proxy.js';

const flag = await aFlag();
const app = await startProbeApp({ ROLE: 'api', FILE_ROOTS: dirname(flag) });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

const workerSessions = "datname = current_database() and application_name like 'signalbox worker%'";
const livingWorkers = () => sql('select id, number from workers where stopped_at is null');
const sessionsOfWorkers = () => sql(`select application_name from pg_stat_activity where ${workerSessions}`);
const killWorkers = () => sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${workerSessions}`);
/** Starts a worker that may read the flag, and enqueues a run that waits before its end until the flag says `go`. */
const holding = async () => {
  await writeFile(flag, 'wait');
  const worker = await startWorker(app.databaseUrl, { FILE_ROOTS: dirname(flag) });
  return { worker, ...(await enqueue(app.url, 'probe.print', { lines: 60, delayMs: 20, holdAt: 40, flag }, auth)) };
};
const printed = (n: number): string[] => Array.from({ length: n }, (_, i) => `out ${i + 1}`);

/** The standard output of a job by attempts, and in which order the attempts told it. */
function output(items: Record<string, any>[]): { attempts: number[]; texts: Record<number, string[]> } {
  const texts: Record<number, string[]> = {};
  for (const { attempt, text } of items.filter(({ stream }) => stream === 'STDOUT')) (texts[attempt] ??= []).push(text);
  return { attempts: items.map(({ attempt }) => attempt).filter((attempt, i, all) => attempt !== all[i - 1]), texts };
}

test('a job whose worker loses its database session runs again, and nothing of the first run appears after the second began', async () => {
  const { id, cursor } = await holding();
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  const events = followFeed(app.url, 'jobProgress', id, auth, { after: cursor });
  await lines.until('some lines', ({ items }) => items.length >= 15);

  await killWorkers();
  await childOf(app.url, id, auth, 2);
  await writeFile(flag, 'go');

  await Promise.all([lines.ended(), events.ended()]);
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
  const { attempts, texts } = output(lines.items);
  expect(attempts).toEqual([1, 2]);
  expect(texts[1]).toEqual(printed(texts[1]!.length));
  expect(texts[1]!.length).toBeLessThan(60);
  expect(texts[2]).toEqual(printed(60));
  expect(
    events.items.filter(({ progress }) => progress === null || progress === 0).map(({ attempt, status }) => [attempt, status]),
  ).toEqual([
    [0, 'QUEUED'],
    [1, 'RUNNING'],
    [1, 'RETRYING'],
    [2, 'RUNNING'],
  ]);
  const began = events.items.findIndex(({ attempt }) => attempt === 2);
  expect(events.items.slice(began).every(({ attempt }) => attempt === 2)).toBe(true);
  expect(lines.items.map(({ seq }) => seq)).toEqual(lines.items.map((_, i) => i + 1));
  await Promise.all([lines.stop(), events.stop()]);
});

test('a run that does not stop when its worker lost its session does not disturb the next run of its job', async () => {
  await startWorker(app.databaseUrl);
  const { id } = await enqueue(app.url, 'probe.spin', {}, auth);
  const first = await childOf(app.url, id, auth, 1);

  await killWorkers();
  const second = await childOf(app.url, id, auth, 2);
  await gone(first);

  expect(isRunning(second)).toBe(true);
  expect(await cancel(app.url, id, auth)).toBe('RUNNING');
  expect(await jobIn(app.url, id, 'CANCELLED', auth)).toMatchObject({ attempts: 2 });
  await gone(second);
}, 60_000);

test('a worker that shuts down hands its job back, and another one finishes it', async () => {
  const { worker: leaving, id, cursor } = await holding();
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  const events = followFeed(app.url, 'jobProgress', id, auth, { after: cursor });
  await lines.until('some lines', ({ items }) => items.length >= 15);
  const child = await childOf(app.url, id, auth);

  await leaving.stop();
  expect(isRunning(child)).toBe(false);
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'QUEUED', attempts: 1, error: null });
  await writeFile(flag, 'go');
  await startWorker(app.databaseUrl, { FILE_ROOTS: dirname(flag) });

  await Promise.all([lines.ended(), events.ended()]);
  expect(
    events.items.filter(({ message }) => !/^printed/.test(message)).map(({ attempt, status, message }) => [attempt, status, message]),
  ).toEqual([
    [0, 'QUEUED', 'Waits in sre-toolbox'],
    [1, 'RUNNING', expect.stringMatching(/^Runs on /)],
    [1, 'QUEUED', 'Handed back: its worker shuts down'],
    [2, 'RUNNING', expect.stringMatching(/^Runs on /)],
    [2, 'SUCCEEDED', 'Done'],
  ]);
  const { attempts, texts } = output(lines.items);
  expect(attempts).toEqual([1, 2]);
  expect(texts[1]).toEqual(printed(texts[1]!.length));
  expect(texts[2]).toEqual(printed(60));
  await Promise.all([lines.stop(), events.stop()]);
});

test('a worker that shuts down also ends a run that does not listen', async () => {
  const leaving = await startWorker(app.databaseUrl);
  const { id } = await enqueue(app.url, 'probe.spin', {}, auth);
  const child = await childOf(app.url, id, auth);

  await leaving.stop();

  expect(isRunning(child)).toBe(false);
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'QUEUED', attempts: 1 });
  expect(await livingWorkers()).toEqual([]);
  await cancel(app.url, id, auth);
});

test('a run and its feed go on when the database ends their connections, and every line is there once', async () => {
  const { id, cursor } = await holding();
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  await lines.until('some lines', ({ items }) => items.length >= 15);

  await sql(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name not like 'signalbox worker%' and application_name <> 'test'`);
  await writeFile(flag, 'go');

  await lines.ended();
  expect(lines.errors).toBeNull();
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
  expect(output(lines.items).texts).toEqual({ 1: printed(60) });
  await lines.stop();
});

test('after seconds without a database a worker is one worker again, with its sessions, and its jobs go on', async () => {
  const proxy = await openProxy(app.databaseUrl);
  const worker = await startWorker(proxy.url);
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 150, delayMs: 40 }, auth);
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  await lines.until('some lines', ({ items }) => items.length >= 15);

  proxy.cut();
  await eventually(
    'many tries to connect',
    () => proxy.refused,
    (refused) => refused >= 12,
  );
  proxy.restore();

  await lines.ended(40_000);
  const job = await jobOf(app.url, id, auth);
  expect(job.status).toBe('SUCCEEDED');
  expect(output(lines.items).texts[job.attempts]).toEqual(printed(150));
  await eventually('one worker', livingWorkers, (workers) => workers.length === 1);
  await eventually('its one session', sessionsOfWorkers, (sessions) => sessions.length === 1);
  // The server may notice the end of a session that was cut later than its client did.
  await eventually(
    'one bell of the app and one of the worker',
    () =>
      sql(
        `select pid, query from pg_stat_activity where datname = current_database() and (query like 'listen signalbox_bell%' or query like 'select pg_notify%')`,
      ),
    (bells) => bells.length === 2,
  );
  await lines.stop();
  await worker.stop();
  expect(await livingWorkers()).toEqual([]);
  await eventually('its session to end', sessionsOfWorkers, (sessions) => sessions.length === 0);
}, 90_000);

test('the database looks within seconds whether the machine of a worker is still there, and the worker whether its session is', async () => {
  const kept = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => kept.mockRestore());
  const asked = vi.spyOn(Client.prototype, 'query');
  onTestFinished(() => asked.mockRestore());
  const liveness = await Liveness.begin(app.databaseUrl, 1_000_000, () => {});
  onTestFinished(() => liveness.end());

  const session = asked.mock.contexts.at(-1) as Client;
  const { rows } = await session.query(`select name, setting from pg_settings where name like 'tcp_keepalives_%' order by name`);

  expect(rows.map(({ name, setting }) => [name, setting])).toEqual([
    ['tcp_keepalives_count', '2'],
    ['tcp_keepalives_idle', '10'],
    ['tcp_keepalives_interval', '5'],
  ]);
  expect(kept.mock.calls).toContainEqual([true, 10_000]);
});

test('a worker that is just starting is not taken for dead by the others', async () => {
  let looks = 0;
  let isOver = false;
  onTestFinished(() => void (isOver = true));
  const looking = (async () => {
    while (!isOver) {
      await recoverJobs(
        { em: app.system.database.fork(), services: app.system.services },
        {
          workerId: '00000000-0000-0000-0000-000000000000',
          runs: [],
        },
      );
      looks += 1;
    }
  })();
  const before = await sql('select max(number) as n from workers');

  const workers = [];
  for (let i = 0; i < 6; i++) workers.push(await startWorker(app.databaseUrl));

  isOver = true;
  await looking;
  expect(looks).toBeGreaterThan(10);
  expect(await sql('select number, stopped_at from workers where number > $1', [before[0]!.n])).toEqual(
    workers.map(() => ({ number: expect.any(Number), stopped_at: null })),
  );
});

test('a running job that was cancelled before its worker died is not run again', async () => {
  const worker = await startWorker(app.databaseUrl);
  const { id } = await enqueue(app.url, 'probe.spin', {}, auth);
  await childOf(app.url, id, auth);

  await cancel(app.url, id, auth);
  await killWorkers();

  expect(await jobIn(app.url, id, 'CANCELLED', auth)).toMatchObject({ attempts: 1 });
  await worker.stop();
});

test('a job that was cancelled right before its worker shuts down is not handed back', async () => {
  const worker = await startWorker(app.databaseUrl);
  const { id } = await enqueue(app.url, 'probe.wait', {}, auth);
  await childOf(app.url, id, auth);

  // As cancelJob does, but without the bell: the worker shuts down before it has heard of it.
  await sql('update jobs set cancel_requested_at = now() where id = $1', [id]);
  await worker.stop();

  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'CANCELLED', attempts: 1 });
});

test('a job that was cancelled right before its run failed is not tried again', async () => {
  const { id } = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const [job] = await sql('select queue, failures, max_attempts as "maxAttempts", priority from jobs where id = $1', [id]);
  const { fence } = (await moveJob({ em: app.system.database.fork(), services: app.system.services }, id, {
    to: 'RUNNING',
    message: 'Runs by hand',
  }))!;
  await cancel(app.url, id, auth);

  await app.system.database
    .fork()
    .transactional((em) =>
      endRun({ em, services: app.system.services }, { id, fence, ...job } as EndingJob, { is: 'failed', error: 'it broke' }),
    );

  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'CANCELLED', message: 'The run was stopped' });
});

test('nothing is left RUNNING, undelivered or open after all of this', async () => {
  expect(await sql(`select name, status, attempts from jobs where status not in ('SUCCEEDED', 'FAILED', 'CANCELLED')`)).toEqual([]);
  expect(await sql(`select s.name from streams s where s.name like 'job%' and s.ended_at is null`)).toEqual([]);
});

test('a worker that counts as dead without knowing begins anew, and runs jobs under its new name', async () => {
  await startWorker(app.databaseUrl);
  const [before] = await eventually('one worker', livingWorkers, (all) => all.length === 1);

  await sql('update workers set stopped_at = now() where id = $1', [before!.id]);
  const [after] = await eventually('another one', livingWorkers, (all) => all.length === 1 && all[0]!.id !== before!.id);
  const { id } = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  await jobIn(app.url, id, 'SUCCEEDED', auth);

  expect(await sql('select worker_id as worker, attempts from jobs where id = $1', [id])).toMatchObject([{ attempts: 1 }]);
  expect(await sessionsOfWorkers()).toEqual([{ application_name: `signalbox worker ${after!.number}` }]);
});
