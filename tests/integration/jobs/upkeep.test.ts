import { expect, test } from 'vitest';
import { sql as statement } from '#core/database/sql.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import { domains } from '../../../src/domains.js';
import { composeGraph } from '../../../src/graph.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { aJob } from '../../support/planted.js';
import { cancel, enqueue, eventually, jobIn, openSql } from '../../support/probe.js';

/** What the operations of this test were told. */
const stopped: unknown[] = [];
/** How much there is to sweep. */
let dust = 0;
const operations: OwnOperation[] = [
  {
    name: 'tell',
    description: 'Tells something',
    inputSchema: { type: 'object', required: ['word'], properties: { word: { type: 'string' } } },
    async run({ parameters, progress, log }) {
      await progress({ status: 'telling', message: String(parameters.word), progress: 50 });
      await log('WARN', 'told', { once: true });
      return { said: parameters.word };
    },
  },
  {
    name: 'linger',
    description: 'Waits until it is stopped',
    async run({ signal, progress }) {
      await progress({ status: 'lingering' });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      stopped.push(signal.reason);
      throw signal.reason;
    },
  },
  {
    name: 'ignore',
    description: 'Does not listen',
    timeoutMs: 200,
    run: () => new Promise(() => {}),
  },
  {
    name: 'sweep',
    description: 'Sweeps what lies there',
    cron: '* * * * * *',
    hasWork: async () => dust > 0,
    run: async () => ({ swept: dust-- }),
  },
];
const graph = composeGraph([...domains, { name: 'tests', operations }]);
const app = await startTestApp({ WORKER_CONCURRENCY: '2', JOB_RETENTION_DAYS: '7' }, graph);
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

const run = async (name: string, parameters: object = {}) => {
  const { id, cursor } = await enqueue(app.url, name, parameters, auth);
  const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
  const events = followFeed(app.url, 'jobProgress', id, auth, { after: cursor });
  await Promise.all([lines.ended(), events.ended()]);
  await Promise.all([lines.stop(), events.stop()]);
  return { lines: lines.items, events: events.items, job: await jobIn(app.url, id, 'SUCCEEDED', auth) };
};

test('an operation of Signalbox itself runs like any other: its parameters are checked, and it tells progress, lines and a result', async () => {
  const { job, events, lines } = await run('upkeep.tell', { word: 'hello' });

  expect(job).toMatchObject({ result: { said: 'hello' }, attempts: 1 });
  expect(events.map(({ status, message, progress }) => [status, message, progress])).toEqual([
    ['QUEUED', 'Waits in sre-toolbox', 0],
    ['RUNNING', expect.stringMatching(/^Runs on /), 0],
    ['RUNNING', 'hello', 50],
    ['SUCCEEDED', 'Done', 100],
  ]);
  expect(lines.map(({ level, text, stream }) => [level, text, stream])).toEqual([['WARN', 'told', 'STRUCTURED']]);
  await expect(enqueue(app.url, 'upkeep.tell', {}, auth)).rejects.toThrow('must have required property');
});

test('an operation of Signalbox itself is stopped by its signal when its job is cancelled', async () => {
  const { id } = await enqueue(app.url, 'upkeep.linger', {}, auth);
  await eventually(
    'it to linger',
    () => sql(`select 1 from job_events where job_id = $1 and phase = 'lingering'`, [id]),
    (rows) => rows.length === 1,
  );

  await cancel(app.url, id, auth);

  await jobIn(app.url, id, 'CANCELLED', auth);
  expect(stopped).toEqual(['cancelled']);
});

test('one that does not listen is given up all the same when its time is over', async () => {
  const { id } = await enqueue(app.url, 'upkeep.ignore', {}, auth);

  const job = await jobIn(app.url, id, 'RETRYING', auth);

  expect(job.error).toBe('The run took longer than 200 ms');
  await cancel(app.url, id, auth);
});

test('trimming deletes what ended longer ago than the retention, with everything of it, and nothing else', async () => {
  const day = 86_400_000;
  const aDone = (days: number, values: object = {}) =>
    aJob(app, null, { status: 'SUCCEEDED', finishedAt: new Date(Date.now() - days * day), events: 2, lines: 3, ...values });
  const old = [await aDone(8), await aDone(400, { status: 'FAILED' }), await aDone(8, { status: 'CANCELLED' })];
  const kept = [
    await aDone(6),
    await aJob(app, null, { status: 'QUEUED', queuedAt: new Date(0), lines: 1 }),
    await aDone(6, { status: 'FAILED' }),
  ];
  const many = 450;
  await sql(
    `insert into jobs (id, name, queue, status, parameters, max_attempts, timeout_ms, requested_by_name, finished_at, created_at, updated_at)
     select gen_random_uuid(), 'planted.job', 'planted', 'SUCCEEDED', '{}', 1, 1, 'somebody', now() - interval '30 days', now(), now() from generate_series(1, $1)`,
    [many],
  );
  const left = async () => {
    const ids = [...old, ...kept].map(({ id }) => id);
    return rowsOf(
      app,
      statement`select j.id, (select count(*)::int from job_events e where e.job_id = j.id) as events, (select count(*)::int from job_log_lines l where l.job_id = j.id) as lines,
      (select count(*)::int from streams s where s.name like '%:' || j.id) as streams from unnest(${ids}::uuid[]) j(id) order by j.id`,
    );
  };

  const { job, events } = await run('upkeep.trimJobs');

  expect(job.result).toEqual({ jobs: old.length + many });
  expect(events.map(({ message }) => message).filter((message) => /deleted$/.test(message))).toEqual([
    '200 jobs deleted',
    '400 jobs deleted',
    '453 jobs deleted',
  ]);
  expect(await sql(`select count(*)::int as n from jobs where name = 'planted.job'`)).toEqual([{ n: kept.length }]);
  expect(await left()).toEqual([
    ...old.map(({ id }) => ({ id, events: 0, lines: 0, streams: 0 })),
    { id: kept[0]!.id, events: 2, lines: 3, streams: 2 },
    { id: kept[1]!.id, events: 1, lines: 1, streams: 2 },
    { id: kept[2]!.id, events: 2, lines: 3, streams: 2 },
  ]);
});

test('how long jobs are kept is what the setting says, from the next run on', async () => {
  const ended = await aJob(app, null, { status: 'SUCCEEDED', finishedAt: new Date(Date.now() - 3 * 86_400_000) });
  const setDays = 'mutation { setSetting(input: { key: "jobs.retentionDays", value: 2, expectedRevision: 1 }) { cursor } }';
  const isThere = async () => (await sql('select 1 from jobs where id = $1', [ended.id])).length === 1;
  await run('upkeep.trimJobs');
  expect(await isThere()).toBe(true);

  await data(app.url, setDays, {}, auth);

  await run('upkeep.trimJobs');
  expect(await isThere()).toBe(false);
});

test('an operation that has nothing to do at its time makes no job, and one as soon as it has', async () => {
  const dueNext = async () => (await sql(`select next_run_at as at from job_schedules where name = 'upkeep.sweep'`))[0]!.at as Date;
  const first = await dueNext();
  await eventually('two of its times to pass', dueNext, (next) => next.getTime() >= first.getTime() + 2_000);
  expect(await sql(`select 1 from jobs where name = 'upkeep.sweep'`)).toEqual([]);

  dust = 1;
  const [job] = await eventually(
    'its job',
    () => sql(`select id from jobs where name = 'upkeep.sweep'`),
    (jobs) => jobs.length > 0,
  );
  expect(await jobIn(app.url, job!.id, 'SUCCEEDED', auth)).toMatchObject({ result: { swept: 1 } });
});

test('the schedule of trimming is there from the start, and what people made of it stays', async () => {
  const look = () =>
    data(app.url, '{ jobSchedule(name: "upkeep.trimJobs") { id operation cron timezone isEnabled revision createdByName } }', {}, auth);
  const start = () => startTestApp({ DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ROLE: 'api' }, graph);
  await sql(`delete from job_schedules where name = 'upkeep.trimJobs'`);
  await start();
  const { jobSchedule } = await look();
  expect(jobSchedule).toEqual({
    id: jobSchedule.id,
    operation: 'upkeep.trimJobs',
    cron: '17 3 * * *',
    timezone: 'UTC',
    isEnabled: true,
    revision: 1,
    createdByName: 'signalbox',
  });
  const input = { id: jobSchedule.id, expectedRevision: 1, cron: '0 0 * * SUN', isEnabled: false };
  await data(app.url, 'mutation($input: UpdateJobScheduleInput!) { updateJobSchedule(input: $input) { cursor } }', { input }, auth);

  await start();

  expect((await look()).jobSchedule).toMatchObject({ id: jobSchedule.id, cron: '0 0 * * SUN', isEnabled: false, revision: 2 });
});
