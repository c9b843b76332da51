import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { data, graphql, signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { isRunning } from '../support/probe.js';
import { aDataDir, databaseProcess, runServer, startProbeServer } from './support/process.js';

vi.setConfig({ testTimeout: 120_000 });

const databaseUrl = await cloneDatabase();
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const password = 'a long enough password';

test.each<[string, Record<string, string>, string[]]>([
  ['production without a key', { NODE_ENV: 'production' }, ['ENCRYPTION_KEY: must be set in production']],
  [
    'a root that is not there',
    { FILE_ROOTS: '/no/such/folder' },
    ['FILE_ROOTS: /no/such/folder is not an existing folder with an absolute path'],
  ],
  [
    'several of them',
    { PORT: '-1', LOG_LEVEL: 'loud', NODE_ENV: 'production' },
    ['PORT: must be a whole number', 'LOG_LEVEL: Invalid option', 'ENCRYPTION_KEY: must be set in production'],
  ],
])('%s stops the start with its name and the reason, before anything is touched', async (_case, settings, problems) => {
  const dataDir = await aDataDir();

  const server = runServer({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...settings });

  expect(await server.exit()).toBe(2);
  const [head, ...lines] = server.stderr.trimEnd().split('\n');
  expect(head).toBe('The settings are wrong:');
  expect(lines).toEqual(problems.map((problem) => expect.stringContaining(`  ${problem}`)));
  expect(server.stdout).toBe('');
  expect(existsSync(dataDir)).toBe(false);
});

test('a secret that is wrong is not shown', async () => {
  const server = runServer({ ENCRYPTION_KEY: 'a-secret-that-is-wrong', ADMIN_PASSWORD: 'pa55word' });

  expect(await server.exit()).toBe(2);
  expect(server.stderr).not.toMatch(/a-secret-that-is-wrong|pa55word/);
});

test('a database that does not answer stops the start with a reason and exit code 1', async () => {
  const dataDir = await aDataDir();

  const server = runServer({ DATA_DIR: dataDir, DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none' });

  expect(await server.exit()).toBe(1);
  expect(server.stderr).toMatch(/Signalbox could not start: DATABASE_URL: no PostgreSQL answers at 127.0.0.1:1 .*ECONNREFUSED/);
  expect(server.stderr + server.stdout).not.toContain('hidden');
});

test('a port in use stops the start, and nothing of it is left running', async () => {
  const dataDir = await aDataDir();
  const first = await startProbeServer({ DATABASE_URL: databaseUrl, DATA_DIR: await aDataDir(), ENCRYPTION_KEY, ADMIN_PASSWORD: password });

  const second = runServer({ DATA_DIR: dataDir, PORT: new URL(first.url).port });

  expect(await second.exit()).toBe(1);
  expect(second.stderr).toMatch(/Signalbox could not start: .*EADDRINUSE/);
  expect(databaseProcess(dataDir)).toBeNull();
  expect(await data(first.url, '{ __typename }')).toEqual({ __typename: 'Query' });
});

test('a second start on a data folder in use is refused, and the first goes on', async () => {
  const dataDir = await aDataDir();
  const first = await startProbeServer({ DATA_DIR: dataDir, ADMIN_PASSWORD: password });
  const database = databaseProcess(dataDir)!;

  const second = runServer({ DATA_DIR: dataDir, ADMIN_PASSWORD: password });

  expect(await second.exit()).toBe(1);
  expect(second.stderr).toContain(
    `Signalbox could not start: The data folder ${dataDir} is in use by another Signalbox (see process ${first.process.child.pid}).`,
  );
  expect(databaseProcess(dataDir)).toBe(database);
  expect(isRunning(database)).toBe(true);
  const auth = await signIn(first.url, 'admin', password);
  expect(await data(first.url, '{ me { username } }', {}, auth)).toEqual({ me: { username: 'admin' } });
});

test('with ADMIN_PASSWORD no link is printed, and the password signs in', async () => {
  const server = await startProbeServer({ DATA_DIR: await aDataDir(), ADMIN_USERNAME: 'root', ADMIN_PASSWORD: password });

  expect(server.signInLink).toBeNull();
  expect(server.process.stdout).not.toContain('sign-in');
  expect(server.process.stdout).not.toContain(password);
  const auth = await signIn(server.url, 'root', password);
  expect(await data(server.url, '{ me { username isSuperuser } }', {}, auth)).toEqual({ me: { username: 'root', isSuperuser: true } });
  const wrong = await graphql(server.url, 'mutation { signIn(input: { username: "root", password: "another password" }) { accessToken } }');
  expect(wrong.errors!.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
});

test('an orderly stop ends everything that was started and exits with 0', async () => {
  const dataDir = await aDataDir();
  const server = await startProbeServer({ DATA_DIR: dataDir, ADMIN_PASSWORD: password });
  const database = databaseProcess(dataDir)!;

  server.process.child.kill('SIGTERM');
  server.process.child.kill('SIGINT');

  expect(await server.process.exit()).toBe(0);
  expect(isRunning(database)).toBe(false);
  expect(databaseProcess(dataDir)).toBeNull();
});

test('when its database dies the server says so and ends with 1', async () => {
  const dataDir = await aDataDir();
  const server = await startProbeServer({ DATA_DIR: dataDir, ADMIN_PASSWORD: password, LOG_LEVEL: 'error' });

  process.kill(databaseProcess(dataDir)!, 'SIGKILL');

  expect(await server.process.exit()).toBe(1);
  expect(server.process.stdout + server.process.stderr).toContain('the embedded PostgreSQL has ended unexpectedly');
});

test('an empty setting counts as not set', async () => {
  const server = await startProbeServer({
    DATABASE_URL: databaseUrl,
    DATA_DIR: await aDataDir(),
    ENCRYPTION_KEY,
    ADMIN_PASSWORD: password,
    PUBLIC_URL: '',
    ROLE: '',
  });

  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a toolkit that is broken is left out with a reason, and the others are there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-toolkits-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, manifest] of Object.entries({
    good: { slug: 'good', name: 'Good', version: '1', description: 'Works', category: 'x', workerModule: 'w.mjs', operations: {} },
    other: { slug: 'another', name: 'Other', version: '1', description: 'Slug', category: 'x', workerModule: 'w.mjs', operations: {} },
    torn: '{',
    absent: {
      slug: 'absent',
      name: 'Absent',
      version: '1',
      description: 'No module',
      category: 'x',
      workerModule: 'none.mjs',
      operations: {},
    },
  })) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'toolkit.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    await writeFile(join(folder, name, 'w.mjs'), 'export function register() {}');
  }

  const server = await startProbeServer({
    DATABASE_URL: databaseUrl,
    DATA_DIR: await aDataDir(),
    ENCRYPTION_KEY,
    ADMIN_PASSWORD: password,
    TOOLKIT_STORAGE_DIR: folder,
    LOG_LEVEL: 'info',
  });

  const entries = server.process.stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  expect(entries.find(({ toolkits }) => toolkits)?.toolkits).toEqual(['good']);
  expect(Object.fromEntries(entries.filter(({ toolkit }) => toolkit).map(({ toolkit, reason }) => [toolkit, reason]))).toEqual({
    absent: 'none.mjs is missing',
    other: 'toolkit.json says slug another, but the folder is other',
    torn: expect.stringContaining('JSON'),
  });
});

test('the folder of the data holds secrets that only its owner may read', async () => {
  const dataDir = await aDataDir();
  await startProbeServer({ DATA_DIR: dataDir });

  const secrets = (await readdir(dataDir)).filter((name) => /key|password/.test(name));

  expect(secrets.length).toBeGreaterThanOrEqual(2);
  expect(secrets.map((name) => [name, statSync(join(dataDir, name)).mode & 0o777])).toEqual(secrets.map((name) => [name, 0o600]));
});
