import { expect, test, vi } from 'vitest';
import { data, graphql, upload } from '../support/client.js';
import { followFeed } from '../support/feed.js';
import { enqueue, isRunning, jobOf, randomFrom } from '../support/probe.js';
import { useSignInLink } from '../support/sign-in-link.js';
import { aDataDir, databaseProcess, runServer, stop } from './support/process.js';
import { startServer } from './support/server-process.js';

vi.setConfig({ testTimeout: 180_000 });

/** Signs in by the printed link as a browser does; returns the answer and the value of the cookie that was set. */
async function open(link: string) {
  const response = await useSignInLink(link);
  const setCookie = response.headers.get('set-cookie');
  return {
    status: response.status,
    location: response.headers.get('location'),
    setCookie,
    cookie: /^signalbox_session=([^;]+)/.exec(setCookie ?? '')?.[1],
  };
}

/** An access log with random content, and what a report of it has to say. */
function aLog(seed: number, lines: number) {
  const random = randomFrom(seed);
  const pick = <Each>(list: readonly Each[]): Each => list[Math.floor(random() * list.length)]!;
  const count = {
    statuses: {} as Record<string, number>,
    methods: {} as Record<string, number>,
    sentBytes: 0,
    levels: { ERROR: 0, WARN: 0, INFO: 0 },
  };
  const start = Date.UTC(2026, 10, 20, 8, 0, 0);
  let at = start;
  const text = Array.from({ length: lines }, (_, i) => {
    if (i > 0) at += 1_000 * Math.floor(random() * 3);
    const [status, method, bytes] = [
      pick([200, 200, 201, 304, 404, 500, 503]),
      pick(['GET', 'POST', 'DELETE']),
      Math.floor(random() * 9_000),
    ];
    count.statuses[status] = (count.statuses[status] ?? 0) + 1;
    count.methods[method] = (count.methods[method] ?? 0) + 1;
    count.sentBytes += bytes;
    count.levels[status >= 500 ? 'ERROR' : status >= 400 ? 'WARN' : 'INFO'] += 1;
    const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(at).toUTCString())!;
    return `198.51.100.${i % 250} - - [${day}/${month}/${year}:${time} +0000] "${method} /orders/${Math.floor(random() * 1e6)} HTTP/1.1" ${status} ${bytes}`;
  }).join('\n');
  return { text: `${text}\n`, ...count, first: new Date(start).toISOString(), last: new Date(at).toISOString() };
}

test('a first start on nothing: sign in by the link, analyse a log, follow it to its end, and find all of it again after a restart', async () => {
  const dataDir = await aDataDir();
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`the log of this run comes from the seed ${seed}\n`);
  const log = aLog(seed, 20_000);

  const server = await startServer({ DATA_DIR: dataDir });
  const opened = await open(server.signInLink!);
  expect(opened).toMatchObject({ status: 303, location: '/account/password' });
  expect(opened.setCookie).toMatch(/; HttpOnly; SameSite=Lax; /);
  expect(await open(server.signInLink!)).toMatchObject({ status: 401, setCookie: null });
  const auth = { cookie: opened.cookie! };

  const file = await upload(server.url, log.text, 'orders.log', auth);
  const { id, cursor } = await enqueue(server.url, 'loglens.analyze', { file }, auth);
  const lines = followFeed(server.url, 'jobLogs', id, auth, { after: cursor });
  const events = followFeed(server.url, 'jobProgress', id, auth, { after: cursor });
  await Promise.all([lines.ended(120_000), events.ended(120_000)]);

  expect(lines.items.map(({ seq }) => seq)).toEqual(lines.items.map((_, i) => i + 1));
  expect(lines.pages.at(-1)).toMatchObject({ total: lines.items.length, reason: 'SUCCEEDED' });
  expect(lines.items[0]!.text).toMatch(/^Reading orders\.log, /);
  const progress = events.items.map((event) => event.progress as number);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(100);
  const { result } = await jobOf(server.url, id, auth);
  expect(result).toMatchObject({
    file: { name: 'orders.log', sizeBytes: log.text.length, isGzip: false },
    lines: { total: 20_000, unparsed: 0, blank: 0, continuation: 0, cut: 0 },
    bytes: log.text.length,
    time: { first: log.first, last: log.last, undatedEntries: 0 },
    levels: log.levels,
    requests: { count: 20_000, sentBytes: log.sentBytes, statusCodes: log.statuses, methods: log.methods },
  });
  const inBuckets = result.rates.buckets.reduce((sum: number, bucket: { lines: number }) => sum + bucket.lines, 0);
  expect(inBuckets).toBe(20_000);
  await Promise.all([lines.stop(), events.stop()]);

  expect(await stop(server.process)).toBe(0);
  const again = await startServer({ DATA_DIR: dataDir });

  expect(await data(again.url, '{ me { username isSuperuser } }', {}, auth)).toEqual({ me: { username: 'admin', isSuperuser: true } });
  expect((await jobOf(again.url, id, auth)).result).toEqual(result);
  const replayed = await followFeed(again.url, 'jobLogs', id, auth, { after: cursor }).ended();
  expect(replayed.items).toEqual(lines.items);
  await replayed.stop();
  const database = databaseProcess(dataDir)!;
  expect(await stop(again.process)).toBe(0);
  expect(isRunning(database)).toBe(false);
});

test('a link of an earlier start still signs in once, as long as nobody has a password', async () => {
  const dataDir = await aDataDir();
  const first = await startServer({ DATA_DIR: dataDir });
  const { search } = new URL(first.signInLink!);
  expect(await stop(first.process)).toBe(0);

  const second = await startServer({ DATA_DIR: dataDir });

  expect(second.signInLink).toMatch(/\/sign-in\?token=[\w-]+$/);
  expect(new URL(second.signInLink!).search).not.toBe(search);
  const { status, cookie } = await open(second.signInLink!);
  expect(status).toBe(303);
  expect(await data(second.url, '{ me { username } }', {}, { cookie: cookie! })).toEqual({ me: { username: 'admin' } });
  expect(await stop(second.process)).toBe(0);
});

test('nobody sees anything before signing in', async () => {
  const server = runServer({ DATA_DIR: await aDataDir() });
  await server.until('the welcome', ({ stdout }) => stdout.includes('Stop it with Ctrl-C.'), 60_000);
  const url = /Signalbox is at (\S+)/.exec(server.stdout)![1]!;

  const page = await (await fetch(url)).text();
  const jobs = await graphql(url, '{ jobs(first: 1) { nodes { id } } }');

  expect(page).toContain('<title>Sign in');
  expect(jobs.errors!.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  expect(await stop(server)).toBe(0);
});
