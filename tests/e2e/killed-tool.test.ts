import { expect, test, vi } from 'vitest';
import { executeSql, sql } from '#core/database/sql.js';
import { startProbeApp } from '../support/probe.js';
import { signIn } from '../support/client.js';
import { ended, execute, followExecution } from '../support/executions.js';
import { anApprovedTool } from '../support/tools.js';
import { aDataDir, startProbeWorker, stop } from './support/process.js';
import type { TestProcess } from './support/server-process.js';

vi.setConfig({ testTimeout: 300_000 });

test.each([
  ['kill -9 of the worker', 'was lost', (worker: TestProcess) => worker.kill()],
  ['an orderly stop of the worker', 'shut down', (worker: TestProcess) => stop(worker)],
])(
  '%s in the middle of a tool: its execution fails once, with its job, and says that its effect is not known',
  async (_what, became, end) => {
    const app = await startProbeApp({ ROLE: 'api' });
    const auth = await signIn(app.url);
    // Processes on one database share their key.
    const another = async () => {
      const shared = { DATABASE_URL: app.databaseUrl, ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
      return startProbeWorker({ ...shared, DATA_DIR: await aDataDir() });
    };
    const worker = await another();
    const tool = await anApprovedTool(app, {
      pythonCode: 'import asyncio\nasync def main():\n    print("before")\n    await asyncio.sleep(600)\n',
      timeoutMs: 900_000,
    });
    const asked = await execute(app, { tool: tool.id }, auth);
    const feed = await followExecution(app, asked.id, auth, asked.cursor).until(
      'its first line',
      ({ items }) => items.some(({ message }) => message === 'before'),
      120_000,
    );

    await end(worker);
    await another();

    const done = await ended(app, asked.id, auth);
    await feed.ended();
    expect(done).toMatchObject({
      status: 'FAILED',
      error: `The worker ${became} in the middle of the run; whether it had an effect is not known`,
      stdout: 'before',
      job: { status: 'FAILED' },
    });
    expect(feed.items.filter(({ kind }) => kind === 'STATUS').map(({ status }) => status)).toEqual(['QUEUED', 'RUNNING', 'FAILED']);
    expect(await executeSql(app.system.database.fork(), sql`select attempts from jobs where id = ${done.job.id}`)).toEqual([
      { attempts: 1 },
    ]);
    await feed.stop();
  },
);
