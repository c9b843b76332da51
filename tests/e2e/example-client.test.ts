import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { adminPassword } from '../support/app.js';
import { data, signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { closedGate, start } from './support/drip.js';
import { startServer, TestProcess, type TestServer } from './support/server-process.js';

// Each start of a server takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let settings: Record<string, string>;
let otherDatabaseUrl: string;
let gate: Awaited<ReturnType<typeof closedGate>>;
let server: TestServer;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-example-'));
  gate = await closedGate(folder);
  settings = { ...gate.settings, DATABASE_URL: await cloneDatabase(), DATA_DIR: join(folder, 'data'), ADMIN_PASSWORD: adminPassword };
  otherDatabaseUrl = await cloneDatabase();
  server = await startServer(settings);
  ({ token } = await signIn(server.url));
});

beforeEach(async () => {
  gate = await closedGate(folder);
});

afterAll(async () => {
  await server.process.kill();
  await rm(folder, { recursive: true, force: true });
});

const example = (args: readonly string[], environment: Record<string, string> = {}): TestProcess =>
  new TestProcess(['examples/tail-job.ts', ...args], { SIGNALBOX_URL: server.url, SIGNALBOX_PASSWORD: adminPassword, ...environment });

const printed = ({ stdout }: TestProcess): string[] => stdout.split('\n').slice(0, -1);

const count = (parameters: object): Promise<string> => start(server.url, token, 'drip.count', { gate: gate.gate, ...parameters });

/** The lines of a job after a cursor, as the example prints them. */
async function linesOf(jobId: string, after: string | null = null): Promise<string[]> {
  const { job } = await data(
    server.url,
    'query($jobId: ID!, $after: String) { job(id: $jobId) { logs(first: 500, after: $after) { pageInfo { hasNextPage endCursor } nodes { seq attempt level text } } } }',
    { jobId, after },
    { token },
  );
  const { pageInfo, nodes } = job.logs;
  const lines = nodes.map(({ seq, attempt, level, text }: Record<string, unknown>) => [seq, attempt, level, text].join('\t'));
  return pageInfo.hasNextPage ? [...lines, ...(await linesOf(jobId, pageInfo.endCursor))] : lines;
}

async function restartServer(): Promise<void> {
  await server.process.kill();
  server = await startServer({ ...settings, PORT: new URL(server.url).port });
}

const counted = (attempt: number, before: number, lines: number): string[] =>
  Array.from({ length: lines }, (_, index) => `${before + index + 1}\t${attempt}\tINFO\tline ${index + 1}`);

test('each line of each attempt is printed once and in order, though the server is killed and the example too', async () => {
  const cursorFile = join(folder, 'cursor.json');
  const jobId = await count({ lines: 200 });
  const first = example([jobId, '--cursor-file', cursorFile]);
  await first.until('half of the first attempt', (process) => printed(process).length === 100);
  await server.process.kill();
  await first.until('the broken connection', ({ stderr }) => stderr.includes('trying again'));
  await restartServer();
  await first.until('half of the second attempt', (process) => printed(process).length === 200);
  await expect.poll(async () => linesOf(jobId, JSON.parse(await readFile(cursorFile, 'utf8')).after)).toEqual([]);
  await first.kill();

  await gate.open();
  const second = example(['--cursor-file', cursorFile]);
  expect(await second.exit()).toBe(0);

  expect(printed(first)).toEqual([...counted(1, 0, 100), ...counted(2, 100, 100)]);
  expect(printed(second)).toEqual(counted(2, 100, 200).slice(100));
  expect(second.stderr).toBe('The job has ended with 300 lines: SUCCEEDED\n');
  expect(existsSync(cursorFile)).toBe(false);
});

test('the lines that come while the server is killed twice are printed as they are stored', async () => {
  const jobId = await count({ lines: 600, pauseMs: 2 });
  const tail = example([jobId]);
  const linesOfAttempt = (attempt: number): number => printed(tail).filter((line) => line.includes(`\t${attempt}\tINFO`)).length;
  await tail.until('the middle of attempt 1', () => linesOfAttempt(1) >= 100);
  await restartServer();
  await tail.until('the middle of attempt 2', () => linesOfAttempt(2) >= 100);
  await gate.open();
  await restartServer();
  expect(await tail.exit()).toBe(0);

  const [first, second] = [linesOfAttempt(1), linesOfAttempt(2)];
  expect(printed(tail)).toEqual(await linesOf(jobId));
  expect(printed(tail)).toEqual([...counted(1, 0, first), ...counted(2, first, second), ...counted(3, first + second, 600)]);
});

test('a job that fails ends the example with exit code 1', async () => {
  const tail = example([await start(server.url, token, 'drip.fail', {})]);

  expect(await tail.exit()).toBe(1);
  expect(printed(tail)[0]).toBe('1\t1\tINFO\tnearly');
  expect(tail.stderr).toBe('The job has ended with 2 lines: FAILED\n');
});

test('a job that does not exist ends the example with the reason of the server', async () => {
  const jobId = crypto.randomUUID();
  const tail = example([jobId]);

  expect(await tail.exit()).toBe(1);
  expect([tail.stdout, tail.stderr]).toEqual(['', `Job ${jobId} was not found\n`]);
});

test('a wrong password ends the example with the reason of the server', async () => {
  const tail = example([crypto.randomUUID()], { SIGNALBOX_PASSWORD: 'not the password' });

  expect(await tail.exit()).toBe(1);
  expect([tail.stdout, tail.stderr]).toEqual(['', 'The username or the password is wrong\n']);
});

test('a log file is uploaded, analyzed and told about', async () => {
  const log = join(folder, 'access.log');
  await writeFile(log, '2026-11-20T10:00:00Z ERROR the disk is full\n'.repeat(1_000));
  const { url, process } = await startServer({
    DATABASE_URL: otherDatabaseUrl,
    DATA_DIR: join(folder, 'loglens'),
    ADMIN_PASSWORD: adminPassword,
  });
  const tail = example(['--analyze', log], { SIGNALBOX_URL: url });

  expect(await tail.exit()).toBe(0);
  expect(printed(tail).slice(0, 2)).toEqual(['1\t1\tINFO\tReading access.log, 44.0 kB', '2\t1\tERROR\tNew error: the disk is full']);
  expect(tail.stderr).toMatch(/^Started the job [\da-f-]{36}\nThe job has ended with \d+ lines: SUCCEEDED\n$/);
  await process.kill();
});

test('with ids of documents the example works on a server that answers trusted ones only', async () => {
  const log = join(folder, 'trusted.log');
  await writeFile(log, '2026-01-01T00:00:00Z ERROR it broke\n');
  const trusting = { TRUSTED_DOCUMENTS: 'examples/generated/persisted-documents.json', REQUIRE_TRUSTED_DOCUMENTS: 'true' };
  const own = { DATABASE_URL: await cloneDatabase(), DATA_DIR: join(folder, 'trusting'), ADMIN_PASSWORD: adminPassword };
  const strict = await startServer({ ...own, ...trusting });
  onTestFinished(() => strict.process.kill());
  const to = { SIGNALBOX_URL: strict.url };

  const byText = example(['--analyze', log], to);
  expect([await byText.exit(), byText.stderr]).toEqual([1, 'Only trusted documents are answered here: send the id of one as documentId\n']);
  const byId = example(['--analyze', log], { ...to, SIGNALBOX_SENDS_IDS: 'true' });
  expect(await byId.exit()).toBe(0);
  expect(byId.stderr).toContain('The job has ended with');
});
