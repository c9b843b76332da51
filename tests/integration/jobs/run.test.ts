import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { signIn } from '../../support/client.js';
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
  probeToolkits,
  startProbeApp,
} from '../../support/probe.js';

const roots = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-roots-')));
const app = await startProbeApp({ FILE_ROOTS: roots });
const auth = await signIn(app.url);
const sql = await openSql(app.databaseUrl);
const numbered = (word: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${word} ${i + 1}`);

/** Runs a job to its end; returns it with its lines and events. */
async function run(name: string, parameters: object = {}, ms = 20_000) {
  const { id, cursor } = await enqueue(app.url, name, parameters, auth);
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  const events = followFeed(app.url, 'jobProgress', id, auth, { after: cursor });
  await Promise.all([lines.ended(ms), events.ended(ms)]);
  await Promise.all([lines.stop(), events.stop()]);
  return { id, job: await jobOf(app.url, id, auth), lines, events };
}

test('every line of a run arrives, in order in each of its streams, with its level', async () => {
  const { lines } = await run('probe.print', { lines: 300 });

  const of = (stream: string) => lines.items.filter((line) => line.stream === stream);
  expect(of('STDOUT').map(({ text }) => text)).toEqual(numbered('out', 300));
  expect(of('STDERR').map(({ text }) => text)).toEqual(numbered('err', 300));
  expect(of('STRUCTURED').map(({ text }) => text)).toEqual(numbered('log', 300));
  expect([...new Set(lines.items.map(({ stream, level, attempt }) => `${stream} ${level} ${attempt}`))].sort()).toEqual([
    'STDERR WARN 1',
    'STDOUT INFO 1',
    'STRUCTURED INFO 1',
  ]);
  expect(lines.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
  expect(lines.pages.at(-1)).toMatchObject({ state: 'ENDED', total: 900, reason: 'SUCCEEDED' });
});

test('the progress of a run arrives step by step between the states of its job', async () => {
  const { job, events } = await run('probe.print', { lines: 4 });

  expect(events.items.map(({ seq, attempt, status, message, progress }) => [seq, attempt, status, message, progress])).toEqual([
    [1, 0, 'QUEUED', 'Waits in sre-toolbox', 0],
    [2, 1, 'RUNNING', expect.stringMatching(/^Runs on .+:\d+$/), 0],
    [3, 1, 'RUNNING', 'printed 1', 25],
    [4, 1, 'RUNNING', 'printed 2', 50],
    [5, 1, 'RUNNING', 'printed 3', 75],
    [6, 1, 'RUNNING', 'printed 4', 100],
    [7, 1, 'SUCCEEDED', 'Done', 100],
  ]);
  expect(job).toMatchObject({ status: 'SUCCEEDED', message: 'Done', progress: 100, attempts: 1, error: null });
});

test('a result keeps the order of its keys', async () => {
  const { job } = await run('probe.print', { lines: 1 });

  expect(JSON.stringify(job.result)).toBe('{"zeta":1,"alpha":{"last":"out 1","first":"out 1"},"Mike":[3,1,2]}');
});

test('a run that fails is tried again after a pause and then given up with its error', async () => {
  const { id, job, lines, events } = await run('probe.fail', { message: 'no luck today' });

  expect(events.items.map(({ attempt, status, message }) => [attempt, status, message])).toEqual([
    [0, 'QUEUED', 'Waits in sre-toolbox'],
    [1, 'RUNNING', expect.any(String)],
    [1, 'RETRYING', 'no luck today'],
    [2, 'RUNNING', expect.any(String)],
    [2, 'FAILED', 'no luck today'],
  ]);
  expect(job).toMatchObject({ status: 'FAILED', error: 'no luck today', attempts: 2, maxAttempts: 2, result: null });
  expect(lines.items.filter(({ stream }) => stream === 'STDOUT').map(({ attempt, text }) => [attempt, text])).toEqual([
    [1, 'about to fail'],
    [2, 'about to fail'],
  ]);
  expect(lines.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'FAILED' });
  const [pause] = await sql<{ ms: number }>(
    `select extract(epoch from max(created_at) filter (where attempt = 2 and status = 'RUNNING') - max(created_at) filter (where status = 'RETRYING')) * 1000 as ms
     from job_events where job_id = $1`,
    [id],
  );
  expect(Number(pause!.ms)).toBeGreaterThanOrEqual(900);
});

test('the stack of an error is a line of the log', async () => {
  const { lines } = await run('probe.fail');

  const errors = lines.items.filter(({ level }) => level === 'ERROR');
  expect(errors.map(({ stream, attempt }) => [stream, attempt])).toEqual([
    ['STRUCTURED', 1],
    ['STRUCTURED', 2],
  ]);
  expect(errors[0]!.text).toMatch(/^Error: it broke on purpose\n\s+at fail /);
});

test('a run that ends its process fails with the exit code', async () => {
  const { job } = await run('probe.exit');

  expect(job).toMatchObject({
    status: 'FAILED',
    attempts: 1,
    error: 'The process of the operation ended with exit code 3 before the operation was done',
  });
});

test('a run in an endless loop is stopped within its grace when it is cancelled', async () => {
  const { id } = await enqueue(app.url, 'probe.spin', {}, auth);
  const pid = await childOf(app.url, id, auth);
  const asked = Date.now();

  expect(await cancel(app.url, id, auth)).toBe('RUNNING');
  const job = await jobIn(app.url, id, 'CANCELLED', auth);

  expect(Date.now() - asked).toBeLessThan(12_000);
  expect(job).toMatchObject({ message: 'The run was stopped', result: null, attempts: 1 });
  await gone(pid);
});

test('a run that takes longer than its limit is ended and fails with the limit', async () => {
  const { id, job } = await run('probe.limited');

  expect(job).toMatchObject({ status: 'FAILED', error: 'The run took longer than 1500 ms', attempts: 1 });
  await gone(await childOf(app.url, id, auth));
});

test('a run that takes too much memory ends, and nothing else does', async () => {
  const { id: waiting } = await enqueue(app.url, 'probe.wait', {}, auth);
  const bystander = await childOf(app.url, waiting, auth);

  const { id, job } = await run('probe.hunger', {}, 60_000);

  expect(job).toMatchObject({ status: 'FAILED', attempts: 1 });
  expect(job.error).toMatch(
    /^The process of the operation was killed by SIG(ABRT|TRAP|ILL), as one whose heap of 64 MiB \(memoryMb\) is full, before the operation was done$/,
  );
  await gone(await childOf(app.url, id, auth));
  expect(isRunning(bystander)).toBe(true);
  expect(await jobOf(app.url, waiting, auth)).toMatchObject({ status: 'RUNNING', attempts: 1 });
  await cancel(app.url, waiting, auth);
  await jobIn(app.url, waiting, 'CANCELLED', auth);
}, 90_000);

test('50,000 lines arrive complete and in order while another job goes on', async () => {
  const { id: waiting, cursor } = await enqueue(app.url, 'probe.wait', {}, auth);
  const other = await followFeed(app.url, 'jobProgress', waiting, auth, { after: cursor }).until(
    'a first round',
    ({ items }) => items.length >= 3,
  );
  const before = other.items.length;

  const { id, job, lines } = await run('probe.flood', {}, 60_000);

  expect(lines.items.length).toBe(50_000);
  expect(lines.items.every(({ seq, text }, i) => seq === i + 1 && text === `line ${i + 1}`)).toBe(true);
  expect(job).toMatchObject({ status: 'SUCCEEDED', result: { lines: 50_000 } });
  const [during] = await sql<{ n: number }>(
    `select count(*)::int as n from job_events e, jobs f where f.id = $1 and e.job_id = $2 and e.created_at between f.started_at and f.finished_at`,
    [id, waiting],
  );
  expect(during!.n).toBeGreaterThan(3);
  expect(other.items.length).toBeGreaterThan(before);
  await cancel(app.url, waiting, auth);
  await other.ended();
  await other.stop();
}, 90_000);

test('a run reads its own folder and the files it was given, and nothing else of the machine', async () => {
  const secret = join(await mkdtemp(join(tmpdir(), 'signalbox-secret-')), 'secret.txt');
  await writeFile(secret, 'the secret');
  const given = join(roots, 'given.txt');
  await writeFile(given, 'for the run');
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    await rm(secret, { force: true });
  });
  await eventually('the port', () => server.listening, Boolean);

  const { job } = await run('probe.peek', { secret, given, port: (server.address() as AddressInfo).port });

  expect(job.result).toEqual({
    'read own folder': 'probe',
    'read given file': 'for the run',
    'read secret': 'ERR_ACCESS_DENIED',
    'list root': 'ERR_ACCESS_DENIED',
    'write own folder': 'ERR_ACCESS_DENIED',
    'write given file': 'ERR_ACCESS_DENIED',
    'start process': 'ERR_ACCESS_DENIED',
    'read parent environment': 'ERR_ACCESS_DENIED',
    'load addon': 'ERR_DLOPEN_DISABLED',
    'open inspector': 'ERR_ACCESS_DENIED',
    'read secret in a thread': 'ERR_ACCESS_DENIED',
    environment: ['LANG', 'TZ'],
    workingFolder: '/',
    // Node.js 24 cannot take the network from a process: docs say so.
    network: 'connected',
  });
  expect(await readFile(given, 'utf8')).toBe('for the run');
  expect((await readdir(join(probeToolkits, 'probe'))).sort()).toEqual([
    'greed.mjs',
    'leave.mjs',
    'peek.mjs',
    'toolkit.json',
    'worker.mjs',
  ]);
});

test('no process of a run is left when its job is over', async () => {
  const { id, cursor } = await enqueue(app.url, 'probe.print', { lines: 3 }, auth);
  const feed = await followFeed(app.url, 'jobProgress', id, auth, { after: cursor }).ended();
  await feed.stop();

  await gone(feed.items.find(({ payload }) => payload?.pid)!.payload.pid);
});
