import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { expect, test, vi } from 'vitest';
import { sql as statement } from '#core/database/sql.js';
import { openDatabase } from '#core/database/open-database.js';
import { claimJobs } from '#domains/jobs/runs/claim-jobs.js';
import { endRun, type RunEnd } from '#domains/jobs/runs/end-run.js';
import { Worker } from '#domains/jobs/runs/worker.entity.js';
import { graph } from '../../../src/domains.js';
import { migrationsFolder } from '../../../src/migrations-folder.js';
import { rowsOf } from '../../support/changes.js';
import { signIn } from '../../support/client.js';
import { aFlag } from '../../support/flag.js';
import { aRow } from '../../support/planted.js';
import { cancel, childOf, enqueue, eventually, jobIn, openSql, randomFrom, startProbeApp, startWorker } from '../../support/probe.js';

const flag = await aFlag();
const app = await startProbeApp({ ROLE: 'api', FILE_ROOTS: dirname(flag) });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

const twoWorkers = () => Promise.all([1, 2].map(() => startWorker(app.databaseUrl, { WORKER_CONCURRENCY: '6' })));
const enqueueMany = async (n: number, name: string, parameters: object, more: object = {}): Promise<string[]> => {
  const jobs = await Promise.all(Array.from({ length: n }, () => enqueue(app.url, name, parameters, auth, more)));
  return jobs.map(({ id }) => id);
};
const succeeded = (ids: string[]) => Promise.all(ids.map((id) => jobIn(app.url, id, 'SUCCEEDED', auth, 60_000)));
const parked = async (): Promise<string[]> =>
  (await sql('select id from jobs where parked_at is not null order by id')).map(({ id }) => id);
const parkedIs = (ids: string[]) => eventually('the parked jobs', parked, (now) => JSON.stringify(now) === JSON.stringify([...ids].sort()));

/** The most of these intervals that cover one moment. */
function mostAtOnce(runs: Record<string, any>[]): number {
  const steps = runs.flatMap(({ result: { began, ended } }) => [
    { at: began, by: 1 },
    { at: ended, by: -1 },
  ]);
  let now = 0;
  // One that ends in the millisecond in which another begins has made room for it.
  return Math.max(...steps.sort((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (now += by)));
}

test('of an operation with a limit of one, no two runs overlap on two workers, and all jobs run once', async () => {
  await twoWorkers();

  const runs = await succeeded(await enqueueMany(14, 'probe.alone', { holdMs: 30 }));

  expect(mostAtOnce(runs)).toBe(1);
  expect(runs.map(({ attempts }) => attempts)).toEqual(runs.map(() => 1));
  expect(await parked()).toEqual([]);
}, 60_000);

test('with a limit of three for each value of a parameter, no more than three runs of a value overlap on two workers', async () => {
  await twoWorkers();

  const [left, right] = await Promise.all([
    enqueueMany(10, 'probe.lane', { lane: 'left', holdMs: 250 }),
    enqueueMany(10, 'probe.lane', { lane: 'right', holdMs: 250 }),
  ]);

  for (const most of [mostAtOnce(await succeeded(left)), mostAtOnce(await succeeded(right))]) {
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  }
  expect(await parked()).toEqual([]);
}, 60_000);

test('three runs of a value take place at once, and a fourth waits for one of them', async () => {
  await twoWorkers();
  const running = await enqueueMany(3, 'probe.lane', { lane: 'full', holdMs: 600_000 });
  await Promise.all(running.map((id) => childOf(app.url, id, auth)));

  const [fourth] = await enqueueMany(1, 'probe.lane', { lane: 'full' });
  const [other] = await enqueueMany(1, 'probe.lane', { lane: 'empty' });

  await succeeded([other!]);
  await parkedIs([fourth!]);
  await cancel(app.url, running[1]!, auth);
  await succeeded([fourth!]);
  await Promise.all([running[0]!, running[2]!].map((id) => cancel(app.url, id, auth)));
  await Promise.all(running.map((id) => jobIn(app.url, id, 'CANCELLED', auth)));
}, 60_000);

test('while the only place of a key is taken, its other jobs are parked and hold nobody up', async () => {
  await startWorker(app.databaseUrl, { WORKER_CONCURRENCY: '2' });
  const [running] = await enqueueMany(1, 'probe.alone', { holdMs: 600_000 });
  await childOf(app.url, running!, auth);

  const waiting = await enqueueMany(5, 'probe.alone', {});
  const [other] = await enqueueMany(1, 'probe.print', { lines: 1 });

  await succeeded([other!]);
  await parkedIs(waiting);
  expect(await sql('select distinct status, attempts from jobs where id = any($1)', [waiting])).toEqual([
    { status: 'QUEUED', attempts: 0 },
  ]);
  await cancel(app.url, running!, auth);
  await succeeded(waiting);
});

test('a job behind a long row of jobs of a key that is full does not wait for them', async () => {
  const waiting = await enqueueMany(80, 'probe.alone', { holdMs: 600_000 });
  const [behind] = await enqueueMany(1, 'probe.print', { lines: 1 }, { priority: -100 });

  // Two at a time, so that a look at the queue each second would take twice as long as this waits.
  await startWorker(app.databaseUrl, { WORKER_CONCURRENCY: '2' });

  await jobIn(app.url, behind!, 'SUCCEEDED', auth, 20_000);
  expect((await parked()).length).toBe(79);
  await Promise.all(waiting.map((id) => cancel(app.url, id, auth)));
  await Promise.all(waiting.map((id) => jobIn(app.url, id, 'CANCELLED', auth)));
}, 60_000);

test('of parked jobs those of higher priority run first, then the older ones, and one that was cancelled holds nothing up', async () => {
  await startWorker(app.databaseUrl);
  const [running] = await enqueueMany(1, 'probe.alone', { holdMs: 600_000 });
  await childOf(app.url, running!, auth);
  const [first] = await enqueueMany(1, 'probe.alone', {});
  const [second] = await enqueueMany(1, 'probe.alone', {});
  const [low] = await enqueueMany(1, 'probe.alone', {}, { priority: -1 });
  const [high] = await enqueueMany(1, 'probe.alone', {}, { priority: 1 });
  const [next] = await enqueueMany(1, 'probe.alone', {}, { priority: 2 });
  await parkedIs([first!, second!, low!, high!, next!]);

  expect(await cancel(app.url, next!, auth)).toBe('CANCELLED');
  await cancel(app.url, running!, auth);

  const runs = await succeeded([high!, first!, second!, low!]);
  const began = runs.map(({ result }) => result.began);
  expect(began).toEqual([...began].sort((a, b) => a - b));
  expect(await parked()).toEqual([]);
});

test('a place that a dead worker held is free again, and the parked jobs go on', async () => {
  await startWorker(app.databaseUrl, { FILE_ROOTS: dirname(flag) });
  const [running] = await enqueueMany(1, 'probe.alone', { flag });
  await childOf(app.url, running!, auth);
  const waiting = await enqueueMany(3, 'probe.alone', {});
  await parkedIs(waiting);

  await sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'signalbox worker%'`,
  );

  await childOf(app.url, running!, auth, 2);
  await writeFile(flag, 'go');
  const [again, ...rest] = await succeeded([running!, ...waiting]);
  expect(again!.attempts).toBe(2);
  expect(mostAtOnce([again!, ...rest])).toBe(1);
}, 60_000);

test('a parked job that nobody delivered when its place became free is found', async () => {
  const [forgotten] = await enqueueMany(1, 'probe.alone', {});
  await sql('update jobs set parked_at = now() where id = $1', [forgotten]);
  await sql(`delete from pgboss.job where data->>'jobId' = $1`, [forgotten]);

  await startWorker(app.databaseUrl);

  await succeeded([forgotten!]);
});

test('however claims and ends interleave, no more runs of a key take place than it allows, and no job is left behind', async () => {
  const random = randomFrom(7);
  const worker = await aRow(app, Worker);
  const ids = new Set(await enqueueMany(80, 'probe.lane', { lane: 'crowded' }));
  let most = 0;

  const claimer = async (): Promise<void> => {
    while (ids.size > 0) {
      const { jobs } = await claimJobs(
        { em: app.system.database.fork(), services: app.system.services },
        'sre-toolbox',
        1 + Math.floor(random() * 5),
        {
          id: worker,
          name: 'claimer',
        },
      );
      const [row] = await rowsOf<{ n: number }>(app, statement`select count(*)::int as n from jobs where status = 'RUNNING'`);
      most = Math.max(most, row!.n);
      for (const job of jobs) {
        const end: RunEnd = random() < 0.2 ? { is: 'handedBack' } : { is: 'succeeded', result: null, files: [] };
        await app.system.database.fork().transactional((em) => endRun({ em, services: app.system.services }, job, end));
        if (end.is === 'succeeded') ids.delete(job.id);
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, claimer));

  expect(most).toBe(3);
  expect(await parked()).toEqual([]);
});

test('to claim twenty jobs takes as many statements as to claim two', async () => {
  const worker = await aRow(app, Worker);
  const claim = async (n: number) => {
    await enqueueMany(n, 'probe.print', { lines: 1 });
    // On connections of its own: those of the app also serve what it does by itself.
    const own = await openDatabase({ url: app.databaseUrl, entities: graph.mapped, migrations: migrationsFolder });
    const spied = new Set<PoolClient>();
    const pool = (await own.orm.em.getConnection().getNativeClient()) as Pool;
    const spy = (client: PoolClient): void => {
      if (!spied.has(client)) vi.spyOn(client, 'query');
      spied.add(client);
    };
    pool.on('acquire', spy);
    const { jobs } = await claimJobs({ em: own.fork(), services: app.system.services }, 'sre-toolbox', n, { id: worker, name: 'claimer' });
    const statements = [...spied].reduce((sum, { query }) => sum + vi.mocked(query).mock.calls.length, 0);
    await own.close();
    for (const job of jobs)
      await app.system.database.fork().transactional((em) => endRun({ em, services: app.system.services }, job, { is: 'cancelled' }));
    return { jobs: jobs.length, statements };
  };

  const few = await claim(2);

  expect(few).toEqual({ jobs: 2, statements: 6 });
  expect(await claim(20)).toEqual({ jobs: 20, statements: 6 });
});

test('nothing is left waiting, parked or undelivered after all of this', async () => {
  expect(await sql(`select name, status from jobs where status not in ('SUCCEEDED', 'CANCELLED') or parked_at is not null`)).toEqual([]);
  expect(await sql(`select state from pgboss.job where name = 'sre-toolbox' and state <> 'completed'`)).toEqual([]);
});
