import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { adminPassword } from '../support/app.js';
import { signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { followFeed } from '../support/feed.js';
import { closedGate, start } from './support/drip.js';
import { startServer, TestProcess, type TestServer } from './support/server-process.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// One API node and one worker, as two processes on one database.
let folder: string;
let gate: Awaited<ReturnType<typeof closedGate>>;
let settings: Record<string, string>;
let api: TestServer;
let worker: TestProcess;
let auth: { token: string };

const startWorker = (): Promise<TestProcess> =>
  new TestProcess(['dist/src/main.js'], { ...settings, ROLE: 'worker', LOG_LEVEL: 'warn' }).until('the worker', ({ stdout }) =>
    stdout.includes('worker is running'),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-resume-'));
  gate = await closedGate(folder);
  settings = { ...gate.settings, DATABASE_URL: await cloneDatabase(), DATA_DIR: join(folder, 'data'), ADMIN_PASSWORD: adminPassword };
  api = await startServer({ ...settings, ROLE: 'api' });
  worker = await startWorker();
  auth = await signIn(api.url);
});

beforeEach(async () => {
  gate = await closedGate(folder);
});

afterAll(async () => {
  await Promise.all([api.process.kill(), worker.kill()]);
  await rm(folder, { recursive: true, force: true });
});

const count = (lines: number): Promise<string> => start(api.url, auth.token, 'drip.count', { gate: gate.gate, lines });
const texts = (items: Record<string, any>[]): string[] => items.map(({ attempt, text }) => `${attempt}: ${text}`);
const counted = (attempt: number, lines: number): string[] => Array.from({ length: lines }, (_, i) => `${attempt}: line ${i + 1}`);

test('a feed whose socket was cut goes on from its cursor without a gap and without a line twice', async () => {
  const job = await count(1_000);
  const first = await followFeed(api.url, 'jobLogs', job, auth, { last: 10_000 }).until('some lines', ({ items }) => items.length > 0);
  first.kill();
  await first.until('the cut', ({ closed }) => closed !== null);
  await gate.open();

  const second = await followFeed(api.url, 'jobLogs', job, auth, { after: first.cursor }).ended();

  expect(texts([...first.items, ...second.items])).toEqual(counted(1, 1_000));
  expect(second.pages.at(-1)).toMatchObject({ state: 'ENDED', total: 1_000, reason: 'SUCCEEDED' });
});

test('a feed that was open when the API was killed goes on at the next start, though the job ended meanwhile', async () => {
  const job = await count(100);
  const first = await followFeed(api.url, 'jobLogs', job, auth, { last: 10_000 }).until(
    'half of the lines',
    ({ items }) => items.length === 50,
  );
  await api.process.kill();
  await gate.open();
  api = await startServer({ ...settings, ROLE: 'api', PORT: new URL(api.url).port });

  const second = await followFeed(api.url, 'jobLogs', job, auth, { after: first.cursor }).ended();

  expect(texts([...first.items, ...second.items])).toEqual(counted(1, 100));
});
