import { expect, test } from 'vitest';
import type { WriteSystem } from '#core/feed/write.js';
import { moveJob } from '#domains/jobs/queue/move-job.js';
import { RunTelemetry } from '#domains/jobs/runs/run-telemetry.js';
import { signIn } from '../../support/client.js';
import { enqueue, eventually, openSql, startProbeApp } from '../../support/probe.js';

// Nothing runs jobs here: the tests tell what a run would.
const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

/** A run that has begun, over a database that fails when it is told to. */
async function aRun() {
  const { id } = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const job = (await app.system.database
    .fork()
    .transactional((em) => moveJob({ em, services: app.system.services }, id, { to: 'RUNNING', message: 'Runs' })))!;
  const database = { failure: null as Error | null };
  const fork = () => {
    if (database.failure) throw database.failure;
    return app.system.database.fork();
  };
  const system: WriteSystem = { ...app.system, database: { ...app.system.database, fork } };
  const controller = new AbortController();
  const texts = async () => (await sql('select text from job_log_lines where job_id = $1 order by seq', [id])).map(({ text }) => text);
  return { telemetry: new RunTelemetry(system, job, controller, 1_000_000), controller, database, texts };
}

test('behind a batch that went down with the session of the worker nothing is stored, so that an attempt has no hole', async () => {
  const { telemetry, controller, database, texts } = await aRun();
  await telemetry.print('STDOUT', 'out 1');
  await telemetry.end();

  database.failure = new Error('Connection terminated');
  controller.abort('fenced');
  await telemetry.print('STDOUT', 'out 2');
  await telemetry.end().catch(() => {});
  database.failure = null;
  await telemetry.print('STDOUT', 'out 3');
  await telemetry.end().catch(() => {});

  expect(await texts()).toEqual(['out 1']);
});

test('a run whose lines could not be stored does not end well, even when it was done before that was known', async () => {
  const { telemetry, controller, database, texts } = await aRun();

  // A value that the database refuses: to try again would change nothing.
  database.failure = Object.assign(new Error('value too long'), { code: '22001' });
  await telemetry.print('STDOUT', 'out 1');
  await eventually('the run to be stopped', () => controller.signal.aborted, Boolean);
  database.failure = null;

  await expect(telemetry.end()).rejects.toThrow('value too long');
  expect(await texts()).toEqual([]);
});

test('a run that is handed back does not wait as long for the database as one that goes on', async () => {
  const { telemetry, controller, database, texts } = await aRun();
  database.failure = new Error('Connection terminated');
  await telemetry.print('STDOUT', 'out 1');

  const began = performance.now();
  controller.abort('handedBack');
  await expect(telemetry.end()).rejects.toThrow('Connection terminated');

  expect(performance.now() - began).toBeLessThan(20_000);
  database.failure = null;
  expect(await texts()).toEqual([]);
});
