import { fileURLToPath } from 'node:url';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { Client } from 'pg';
import { createLogger } from '#core/log/logger.js';
import { startApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { graph } from '../../src/domains.js';
import { startTestApp, type TestApp } from './app.js';
import { data, type Auth } from './client.js';
import { followFeed } from './feed.js';

/** The folder of the toolkits that tests run. */
export const probeToolkits = fileURLToPath(new URL('./toolkits', import.meta.url));

// Processes on one database share their key.
const shared = { TOOLKIT_STORAGE_DIR: probeToolkits, ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };

/** Starts a Signalbox with the toolkits of the tests. */
export const startProbeApp = (settings: Record<string, string> = {}): Promise<TestApp> => startTestApp({ ...shared, ...settings });

/** Starts another worker beside an app, for one test; `stop` stops it earlier. */
export async function startWorker(databaseUrl: string, settings: Record<string, string> = {}): Promise<App> {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-worker-'));
  const config = readConfig({
    ROLE: 'worker',
    NODE_ENV: 'test',
    ...shared,
    DATA_DIR: dataDir,
    ...settings,
    DATABASE_URL: databaseUrl,
  });
  const worker = await startApp(config, createLogger('silent'), graph);
  onTestFinished(async () => {
    await worker.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return worker;
}

/** Puts a job on its queue; returns its id and the cursor that replays all of it. */
export async function enqueue(
  url: string,
  name: string,
  parameters: object,
  auth: Auth,
  more: object = {},
): Promise<{ id: string; cursor: string }> {
  const { enqueueJob } = await data(
    url,
    'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor job { id } } }',
    { input: { name, parameters, ...more } },
    auth,
  );
  return { id: enqueueJob.job.id, cursor: enqueueJob.cursor };
}

/** Asks for a job to be stopped; returns its state right after. */
export async function cancel(url: string, id: string, auth: Auth): Promise<string> {
  const { cancelJob } = await data(url, 'mutation($id: ID!) { cancelJob(input: { id: $id }) { job { status } } }', { id }, auth);
  return cancelJob.job.status;
}

/** A job as it stands. */
export async function jobOf(url: string, id: string, auth: Auth): Promise<Record<string, any>> {
  const { job } = await data(
    url,
    'query($id: ID!) { job(id: $id) { name queue status message progress result error attempts maxAttempts startedAt finishedAt cancelRequestedAt } }',
    { id },
    auth,
  );
  return job;
}

/** The process that carries out an attempt of a job, by what its operation tells. */
export async function childOf(url: string, id: string, auth: Auth, attempt = 1): Promise<number> {
  const tells = (event: Record<string, any>): boolean => event.attempt === attempt && event.payload?.pid !== undefined;
  const feed = await followFeed(url, 'jobProgress', id, auth, { last: 10_000 }).until(`the process of attempt ${attempt}`, ({ items }) =>
    items.some(tells),
  );
  await feed.stop();
  return feed.items.find(tells)!.payload.pid;
}

/** Waits until what is read fulfils a condition, and returns it. */
export async function eventually<Value>(
  what: string,
  read: () => Promise<Value> | Value,
  holds: (value: Value) => boolean,
  ms = 20_000,
): Promise<Value> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}; it is ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until a job is in a state. */
export const jobIn = (url: string, id: string, status: string, auth: Auth, ms?: number): Promise<Record<string, any>> =>
  eventually(
    `job ${id} to be ${status}`,
    () => jobOf(url, id, auth),
    (job) => job.status === status,
    ms,
  );

/** Runs SQL in a session of its own, which ends when the file is done. */
export type Sql = <Row = Record<string, any>>(text: string, values?: unknown[]) => Promise<Row[]>;

/** Opens a session on a database for a test that looks behind the API. */
export async function openSql(url: string): Promise<Sql & { client: Client }> {
  const client = new Client({ connectionString: url, application_name: 'test' });
  client.on('error', () => {});
  await client.connect();
  afterAll(() => client.end().catch(() => {}));
  const run = async (text: string, values: unknown[] = []) => (await client.query(text, values)).rows;
  return Object.assign(run as Sql, { client });
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
export const gone = (pid: number, ms?: number): Promise<boolean> =>
  eventually(
    `process ${pid} to be gone`,
    () => isRunning(pid),
    (runs) => !runs,
    ms,
  );

export { randomFrom } from './random-from.js';
