import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminPassword } from '../support/app.js';
import { data, signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { startServer, TestProcess, type TestServer } from './support/browser-server.js';

// Counts to `lines`; half-way it waits for the gate, unless that is open.
const drip = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export function register(toolkit) {
  toolkit.operation('count', async ({ parameters: { lines, pauseMs }, log }) => {
    for (let line = 1; line <= lines; line += 1) {
      await log('INFO', 'line ' + line);
      if (pauseMs) await pause(pauseMs);
      while (line === lines / 2 && !existsSync(join(import.meta.dirname, 'gate'))) await pause(10);
    }
    return { lines };
  });
  toolkit.operation('fail', async () => {
    console.log('nearly');
    throw new Error('no luck');
  });
}
`;
const manifest = {
  slug: 'drip',
  name: 'Drip',
  version: '1.0.0',
  description: 'Prints slowly',
  category: 'tests',
  workerModule: 'worker.mjs',
  operations: {
    count: { description: 'Counts', inputSchema: { type: 'object' }, maxAttempts: 5 },
    fail: { description: 'Fails', inputSchema: { type: 'object' }, maxAttempts: 1 },
  },
};

let folder: string;
let settings: Record<string, string>;
let server: TestServer;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-example-'));
  await mkdir(join(folder, 'toolkits/drip'), { recursive: true });
  await writeFile(join(folder, 'toolkits/drip/worker.mjs'), drip);
  await writeFile(join(folder, 'toolkits/drip/toolkit.json'), JSON.stringify(manifest));
  settings = {
    DATABASE_URL: await cloneDatabase(),
    DATA_DIR: join(folder, 'data'),
    TOOLKIT_STORAGE_DIR: join(folder, 'toolkits'),
    ADMIN_PASSWORD: adminPassword,
  };
  server = await startServer(settings);
  ({ token } = await signIn(server.url));
});

afterAll(async () => {
  await server.process.kill();
  await rm(folder, { recursive: true, force: true });
});

const gate = () => join(folder, 'toolkits/drip/gate');

const example = (args: readonly string[], environment: Record<string, string> = {}): TestProcess =>
  new TestProcess(['examples/tail-job.ts', ...args], { SIGNALBOX_URL: server.url, SIGNALBOX_PASSWORD: adminPassword, ...environment });

const printed = ({ stdout }: TestProcess): string[] => stdout.split('\n').slice(0, -1);

async function start(name: string, parameters: object = {}): Promise<string> {
  const { enqueueJob } = await data(
    server.url,
    'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { job { id } } }',
    { input: { name, parameters } },
    { token },
  );
  return enqueueJob.job.id;
}

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
  const jobId = await start('drip.count', { lines: 200 });
  const first = example([jobId, '--cursor-file', cursorFile]);
  await first.until('half of the first attempt', (process) => printed(process).length === 100);
  await server.process.kill();
  await first.until('the broken connection', ({ stderr }) => stderr.includes('trying again'));
  await restartServer();
  await first.until('half of the second attempt', (process) => printed(process).length === 200);
  await expect.poll(async () => linesOf(jobId, JSON.parse(await readFile(cursorFile, 'utf8')).after)).toEqual([]);
  await first.kill();

  await writeFile(gate(), '');
  const second = example(['--cursor-file', cursorFile]);
  expect(await second.exit()).toBe(0);

  expect(printed(first)).toEqual([...counted(1, 0, 100), ...counted(2, 100, 100)]);
  expect(printed(second)).toEqual(counted(2, 100, 200).slice(100));
  expect(second.stderr).toBe('The job has ended with 300 lines: SUCCEEDED\n');
  expect(existsSync(cursorFile)).toBe(false);
});

test('the lines that come while the server is killed twice are printed as they are stored', async () => {
  await writeFile(gate(), '');
  const jobId = await start('drip.count', { lines: 600, pauseMs: 2 });
  const tail = example([jobId]);
  for (const attempt of [1, 2]) {
    const of = `\t${attempt}\tINFO`;
    await tail.until(`300 lines of attempt ${attempt}`, (process) => printed(process).filter((line) => line.includes(of)).length >= 300);
    await restartServer();
  }
  expect(await tail.exit()).toBe(0);

  const lines = printed(tail);
  expect(lines).toEqual(await linesOf(jobId));
  const [first, second] = [1, 2].map((attempt) => lines.filter((line) => line.includes(`\t${attempt}\tINFO`)).length) as [number, number];
  expect(lines).toEqual([...counted(1, 0, first), ...counted(2, first, second), ...counted(3, first + second, 600)]);
});

test('a job that is not known and one that fails end the example with exit code 1', async () => {
  const failed = example([await start('drip.fail')]);
  const unknown = example([crypto.randomUUID()]);

  expect(await failed.exit()).toBe(1);
  expect([failed.stdout, failed.stderr]).toEqual([]);
  expect(printed(failed)[0]).toBe('1\t1\tINFO\tnearly');
  expect(failed.stderr).toBe('The job has ended with 2 lines: FAILED\n');
  expect(await unknown.exit()).toBe(1);
  expect(unknown.stdout).toBe('');
});

test('a wrong password ends the example with the reason of the server', async () => {
  const refused = example([crypto.randomUUID()], { SIGNALBOX_PASSWORD: 'not the password' });

  expect(await refused.exit()).toBe(1);
  expect(refused.stderr).toBe('The username or the password is wrong\n');
});
