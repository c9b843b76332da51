import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { data, graphql, upload, type Auth } from '../support/client.js';
import { followFeed, type TestFeed } from '../support/feed.js';
import { useSignInLink } from '../support/sign-in-link.js';
import { startServer, type TestServer } from './support/server-process.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let server: TestServer;
let auth: Auth;

// No DATABASE_URL: this is the embedded database of a newcomer, in an empty folder.
const start = (): Promise<TestServer> => startServer({ DATA_DIR: join(folder, 'data') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-story-'));
  server = await start();
  const answer = await useSignInLink(server.signInLink!);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account/password']);
  const [, cookie] = /^signalbox_session=([\w-]+); Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/.exec(
    answer.headers.get('set-cookie')!,
  )!;
  auth = { cookie: cookie! };
});

afterAll(async () => {
  server.process.child.kill('SIGTERM');
  await server.process.exit();
  await rm(folder, { recursive: true, force: true });
});

/** An access log that nobody prepared. */
const anAccessLog = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => {
    const second = String(Math.floor((i * 60) / lines)).padStart(2, '0');
    const path = `/items/${Math.floor(Math.random() * 1000)}`;
    return `10.0.${i % 4}.${i % 200} - - [21/Nov/2026:04:12:${second} +0000] "GET ${path} HTTP/1.1" 200 ${i % 5000} "-" "curl/8"\n`;
  }).join('');

async function analyze(file: string): Promise<{ id: string; cursor: string }> {
  const { enqueueJob } = await data(
    server.url,
    'mutation($file: ID!) { enqueueJob(input: { name: "loglens.analyze", parameters: { file: $file } }) { cursor job { id status } } }',
    { file },
    auth,
  );
  return { id: enqueueJob.job.id, cursor: enqueueJob.cursor };
}

/** Checks that the items of one job follow one another without a gap, and that attempts only rise. */
function expectWhole(items: TestFeed['items'], total: number): void {
  expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  const attempts = items.map(({ attempt }) => attempt as number);
  expect(attempts).toEqual(attempts.toSorted((a, b) => a - b));
}

test('after kill -9 of the server in the middle of the job nothing is missing, and the session and the data are still there', async () => {
  const file = await upload(server.url, anAccessLog(400_000), 'large.log', auth);
  const job = await analyze(file);
  const before = await followFeed(server.url, 'jobLogs', job.id, auth, { after: job.cursor }).until(
    'the first lines',
    ({ items }) => items.length >= 3,
  );
  const seen = { items: before.items, cursor: before.cursor };

  await server.process.kill();
  server = await start();
  const after = await followFeed(server.url, 'jobLogs', job.id, auth, { after: seen.cursor }).ended(60_000);

  expect(after.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED' });
  const items = [...seen.items, ...after.items];
  expectWhole(items, after.pages.at(-1)!.total!);
  expect([...new Set(items.map(({ attempt }) => attempt))]).toEqual([1, 2]);
  const report = await data(
    server.url,
    'query($id: ID!) { me { username } job(id: $id) { status attempts result } }',
    { id: job.id },
    auth,
  );
  expect(report).toMatchObject({
    me: { username: 'admin' },
    job: { status: 'SUCCEEDED', attempts: 2, result: { lines: { total: 400_000 } } },
  });
});

test('after Ctrl-C in the middle of the job it is handed back and finished after the next start', async () => {
  const file = await upload(server.url, anAccessLog(400_000), 'large.log', auth);
  const job = await analyze(file);
  const before = await followFeed(server.url, 'jobProgress', job.id, auth, { after: job.cursor }).until(
    'some progress',
    ({ items }) => items.length >= 4,
  );
  const seen = { items: before.items, cursor: before.cursor };

  server.process.child.kill('SIGINT');
  expect(await server.process.exit()).toBe(0);
  server = await start();
  const after = await followFeed(server.url, 'jobProgress', job.id, auth, { after: seen.cursor }).ended(60_000);

  const items = [...seen.items, ...after.items];
  expectWhole(items, after.pages.at(-1)!.total!);
  expect(items.map(({ status }) => status).filter((status, i, all) => status !== all[i - 1])).toEqual([
    'QUEUED',
    'RUNNING',
    'QUEUED',
    'RUNNING',
    'SUCCEEDED',
  ]);
});

test('a sign-in with a wrong password fails with a code and is recorded, and the server goes on', async () => {
  const answer = await graphql(server.url, 'mutation { signIn(input: { username: "admin", password: "not it" }) { accessToken } }');

  expect(answer.errors).toMatchObject([{ message: 'The username or the password is wrong', extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await data(server.url, '{ me { username } }', {}, auth)).toEqual({ me: { username: 'admin' } });
});
