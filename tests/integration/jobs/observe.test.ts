import { createServer, type AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { data, graphql, signIn } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { enqueue, jobIn, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const watcher = await signedIn(app, 'walt', ['viewer']);
const nobody = await signedIn(app, 'nora');

const query = '{ jobQueues { name waiting running parked oldestWaitMs workers } }';
const queues = async () => (await data(app.url, query, {}, auth)).jobQueues as Record<string, any>[];
const idle = { waiting: 0, running: 0, parked: 0, oldestWaitMs: null };
const metricsOf = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a queue that nothing is on is there, with those who serve it', async () => {
  expect(await queues()).toEqual([
    { name: 'night-shift', ...idle, workers: 0 },
    { name: 'sre-toolbox', ...idle, workers: 0 },
  ]);

  const workers = await Promise.all([startWorker(app.databaseUrl), startWorker(app.databaseUrl)]);
  expect((await queues()).map(({ workers: n }) => n)).toEqual([2, 2]);
  for (const worker of workers) await worker.stop();

  expect((await queues()).map(({ workers: n }) => n)).toEqual([0, 0]);
});

test('the state of a queue counts what waits, runs and is parked on it, in one statement, and not what has ended', async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await aJob(app, null, { status: 'QUEUED', queuedAt: ago(5) });
  await aJob(app, null, { status: 'RETRYING', queuedAt: ago(10) });
  await aJob(app, null, { status: 'QUEUED', queuedAt: ago(99), parkedAt: ago(98) });
  for (let i = 0; i < 3; i++) await aJob(app, null, { status: 'RUNNING', queuedAt: ago(50) });
  for (const status of ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const) await aJob(app, null, { status, queuedAt: ago(500) });
  await aJob(app, null, { status: 'WAITING_APPROVAL' });

  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${auth.token}` },
    body: JSON.stringify({ query }),
  });
  const { data: answer, extensions } = (await response.json()) as any;

  const planted = answer.jobQueues.find(({ name }: { name: string }) => name === 'planted');
  expect(planted).toEqual({ name: 'planted', waiting: 2, running: 3, parked: 1, oldestWaitMs: expect.any(Number), workers: 0 });
  expect(planted.oldestWaitMs).toBeGreaterThanOrEqual(600_000);
  expect(planted.oldestWaitMs).toBeLessThan(900_000);
  expect(extensions.statements).toBe(1);
  expect(await metricsOf(app.url)).toMatch(/^signalbox_jobs_waiting\{queue="planted"\} 2$/m);
  expect(await metricsOf(app.url)).toMatch(/^signalbox_jobs_running\{queue="planted"\} 3$/m);
  expect(await metricsOf(app.url)).toMatch(/^signalbox_jobs_parked\{queue="planted"\} 1$/m);
});

test('only holders of job:read see the queues', async () => {
  expect((await graphql(app.url, query, {}, watcher)).errors).toBeUndefined();
  expect((await graphql(app.url, query, {}, nobody)).errors!.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
});

test('a worker with a port of its own tells that it lives, and how long jobs waited and ran by operation and outcome', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const worker = await startWorker(app.databaseUrl, { WORKER_PORT: String(port) });
  const good = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const bad = await enqueue(app.url, 'probe.exit', {}, auth);
  await jobIn(app.url, good.id, 'SUCCEEDED', auth);
  await jobIn(app.url, bad.id, 'FAILED', auth);
  const gone = await enqueue(app.url, 'probe.night', {}, auth);
  await jobIn(app.url, gone.id, 'SUCCEEDED', auth);

  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' });
  expect((await fetch(`${url}/graphql`, { method: 'POST' })).status).toBe(404);
  const text = await metricsOf(url);
  for (const line of [
    'signalbox_job_wait_seconds_count{operation="probe.print"} 1',
    'signalbox_job_wait_seconds_count{operation="probe.exit"} 1',
    'signalbox_job_run_seconds_count{operation="probe.print",outcome="succeeded"} 1',
    'signalbox_job_run_seconds_count{operation="probe.exit",outcome="failed"} 1',
    'signalbox_jobs_waiting{queue="planted"} 2',
  ])
    expect(text.split('\n')).toContain(line);
  expect(await metricsOf(app.url)).not.toContain('signalbox_job_run_seconds_count{');
  await worker.stop();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('the metrics are there without the numbers of jobs when the database does not answer', async () => {
  const fork = vi.spyOn(app.system.database, 'fork').mockImplementation(() => {
    throw new Error('away');
  });
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_000);

  const text = await metricsOf(app.url);

  vi.restoreAllMocks();
  expect(fork).toHaveBeenCalled();
  expect(text).toMatch(/^signalbox_sockets 0$/m);
  expect(text).not.toContain('signalbox_jobs_waiting{');
  expect(await sql('select 1 as one')).toEqual([{ one: 1 }]);
});
