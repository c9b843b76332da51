import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { aFlag } from '../support/flag.js';
import { followFeed } from '../support/feed.js';
import { cancel, childOf, enqueue, gone, isRunning, jobIn, jobOf } from '../support/probe.js';
import type { TestProcess } from './support/server-process.js';
import { aDataDir, databaseProcess, startProbeServer, startProbeWorker, stop } from './support/process.js';

vi.setConfig({ testTimeout: 180_000 });

const password = 'a long enough password';
const signInTo = (url: string) => signIn(url, 'admin', password);
const printed = (n: number): string[] => Array.from({ length: n }, (_, i) => `out ${i + 1}`);

/** What a process logged as an error, which means that somebody must act. */
const complaints = ({ stderr }: TestProcess): string[] => stderr.split('\n').filter((line) => line.includes('"level":"error"'));

/** The standard output of a job, attempt by attempt; the lines of each stream of each attempt must be whole and in order. */
function attemptsOf(items: Record<string, any>[]): string[][] {
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
  const attempts = items.map(({ attempt }) => attempt as number);
  expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
  return [...new Set(attempts)].map((attempt) =>
    items.filter((line) => line.attempt === attempt && line.stream === 'STDOUT').map(({ text }) => text),
  );
}

test('kill -9 of the whole server in the middle of two jobs: no process is left, and each attempt is whole after the next start', async () => {
  const dataDir = await aDataDir();
  const flag = await aFlag();
  const settings = { DATA_DIR: dataDir, FILE_ROOTS: dirname(flag), ADMIN_PASSWORD: password };
  const first = await startProbeServer(settings);
  const auth = await signInTo(first.url);
  const printing = await enqueue(first.url, 'probe.print', { lines: 150, delayMs: 20, holdAt: 120, flag }, auth);
  const spinning = await enqueue(first.url, 'probe.spin', {}, auth);
  const before = await followFeed(first.url, 'jobLogs', printing.id, auth, { after: printing.cursor }).until(
    'some lines',
    ({ items }) => items.length >= 60,
  );
  const children = [await childOf(first.url, printing.id, auth), await childOf(first.url, spinning.id, auth)];

  await first.process.kill();
  await writeFile(flag, 'go');
  await before.until('the cut', ({ closed }) => closed !== null);
  for (const child of children) await gone(child);

  const second = await startProbeServer(settings);
  const after = await followFeed(second.url, 'jobLogs', printing.id, auth, { after: before.cursor }).ended(60_000);
  const [one, two, ...more] = attemptsOf([...before.items, ...after.items]);
  expect(more).toEqual([]);
  expect(one).toEqual(printed(one!.length));
  expect(one!.length).toBeLessThan(150);
  expect(two).toEqual(printed(150));
  expect(after.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED', total: before.items.length + after.items.length });
  expect(await jobOf(second.url, printing.id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
  expect(await childOf(second.url, spinning.id, auth, 2)).not.toBe(children[1]);
  const again = await followFeed(second.url, 'jobLogs', printing.id, auth, { after: printing.cursor }).ended();
  expect(again.items).toEqual([...before.items, ...after.items]);
  await Promise.all([after.stop(), again.stop()]);
  await second.process.kill();
});

test('kill -9 of a worker beside the API: its runs die with it, its jobs run again on another, and the others go on undisturbed', async () => {
  const flag = await aFlag();
  const settings = { DATABASE_URL: await cloneDatabase(), DATA_DIR: await aDataDir(), FILE_ROOTS: dirname(flag), ADMIN_PASSWORD: password };
  const api = await startProbeServer({ ...settings, ROLE: 'api' });
  const auth = await signInTo(api.url);
  const dying = await startProbeWorker({ ...settings, WORKER_CONCURRENCY: '2' });
  const printing = await enqueue(api.url, 'probe.print', { lines: 500, delayMs: 25, holdAt: 400, flag }, auth);
  const spinning = await enqueue(api.url, 'probe.spin', {}, auth);
  const lines = followFeed(api.url, 'jobLogs', printing.id, auth, { after: printing.cursor });
  await lines.until('some lines', ({ items }) => items.length >= 60);
  const children = [await childOf(api.url, printing.id, auth), await childOf(api.url, spinning.id, auth)];
  const staying = await startProbeWorker({ ...settings, WORKER_CONCURRENCY: '3' });
  const bystander = await enqueue(api.url, 'probe.print', { lines: 200, delayMs: 20 }, auth);
  await childOf(api.url, bystander.id, auth);

  await dying.kill();
  await writeFile(flag, 'go');

  for (const child of children) await gone(child);
  await lines.ended(60_000);
  const [one, two, ...more] = attemptsOf(lines.items);
  expect(more).toEqual([]);
  expect(one).toEqual(printed(one!.length));
  expect(two).toEqual(printed(500));
  const undisturbed = await followFeed(api.url, 'jobLogs', bystander.id, auth, { after: bystander.cursor }).ended(60_000);
  expect(attemptsOf(undisturbed.items)).toEqual([printed(200)]);
  expect(await jobOf(api.url, printing.id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, error: null });
  expect(complaints(api.process)).toEqual([]);
  const second = await childOf(api.url, spinning.id, auth, 2);
  await Promise.all([lines.stop(), undisturbed.stop()]);
  expect(await stop(staying)).toBe(0);
  expect(isRunning(second)).toBe(false);
  expect(await jobOf(api.url, spinning.id, auth)).toMatchObject({ status: 'QUEUED', attempts: 2 });
});

test('SIGTERM in the middle of jobs: they are handed back, nothing is left running, and the next start finishes them', async () => {
  const dataDir = await aDataDir();
  const flag = await aFlag();
  const settings = { DATA_DIR: dataDir, FILE_ROOTS: dirname(flag), ADMIN_PASSWORD: password };
  const first = await startProbeServer(settings);
  const auth = await signInTo(first.url);
  const printing = await enqueue(first.url, 'probe.print', { lines: 150, delayMs: 20, holdAt: 120, flag }, auth);
  const spinning = await enqueue(first.url, 'probe.spin', {}, auth);
  const before = await followFeed(first.url, 'jobLogs', printing.id, auth, { after: printing.cursor }).until(
    'some lines',
    ({ items }) => items.length >= 60,
  );
  const processes = [await childOf(first.url, printing.id, auth), await childOf(first.url, spinning.id, auth), databaseProcess(dataDir)!];

  expect(await stop(first.process)).toBe(0);
  await writeFile(flag, 'go');
  await before.until('the end of the socket', ({ closed }) => closed !== null);

  expect(processes.filter(isRunning)).toEqual([]);
  expect(complaints(first.process)).toEqual([]);
  // Going away: the client comes back by itself and resumes.
  expect(before.closed!.code).toBe(1001);
  const second = await startProbeServer(settings);
  const after = await followFeed(second.url, 'jobLogs', printing.id, auth, { after: before.cursor }).ended(60_000);
  const [one, two, ...more] = attemptsOf([...before.items, ...after.items]);
  expect(more).toEqual([]);
  expect(one).toEqual(printed(one!.length));
  expect(two).toEqual(printed(150));
  expect(await jobOf(second.url, printing.id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, error: null });
  await after.stop();
  await second.process.kill();
});

test('a worker and the API share the files of one data folder, and a cancellation reaches the other process', async () => {
  const settings = { DATABASE_URL: await cloneDatabase(), DATA_DIR: await aDataDir(), ADMIN_PASSWORD: password };
  const api = await startProbeServer({ ...settings, ROLE: 'api' });
  const auth = await signInTo(api.url);
  const { id } = await enqueue(api.url, 'probe.spin', {}, auth);
  const worker = await startProbeWorker(settings);
  const child = await childOf(api.url, id, auth);

  expect(await cancel(api.url, id, auth)).toBe('RUNNING');

  expect(await jobIn(api.url, id, 'CANCELLED', auth)).toMatchObject({ attempts: 1 });
  await gone(child);
  expect(await stop(worker)).toBe(0);
  expect(await stop(api.process)).toBe(0);
});
