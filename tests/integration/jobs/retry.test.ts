import { expect, test } from 'vitest';
import { data, graphql, signIn, upload, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { pretendMany } from '../../support/indexes.js';
import { aJob } from '../../support/planted.js';
import { cancel, enqueue, jobIn, jobOf, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const admin: Auth = await signIn(app.url);
await aRole(app, 'enqueuer', ['job:enqueue', 'file:upload']);
const owner = await signedIn(app, 'olaf', ['enqueuer']);
const operator = await signedIn(app, 'olga', ['operator']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const stranger = await signedIn(app, 'sven', ['enqueuer']);

const mutation = `mutation($input: RetryJobInput!) { retryJob(input: $input) { cursor job { id status retryOf { id retriedAt retriedBy { id } } } } }`;
const retry = (id: string, auth: Auth, idempotencyKey?: string) =>
  graphql(app.url, mutation, { input: { id, ...(idempotencyKey && { idempotencyKey }) } }, auth);
const deadLetters = async (): Promise<string[]> => {
  const query =
    '{ jobs(filter: { isDeadLetter: { eq: true } }, orderBy: [{ field: CREATED_AT, direction: ASC }]) { nodes { id isDeadLetter } } }';
  const { jobs } = await data(app.url, query, {}, admin);
  expect(jobs.nodes.every(({ isDeadLetter }: { isDeadLetter: boolean }) => isDeadLetter)).toBe(true);
  return jobs.nodes.map(({ id }: { id: string }) => id);
};
const aDeadJob = (requestedBy: string | null = owner.id, values: object = {}) =>
  aJob(app, requestedBy, {
    name: 'probe.print',
    queue: 'sre-toolbox',
    status: 'FAILED',
    parameters: { lines: 2 },
    finishedAt: new Date(),
    ...values,
  });
/** The refusal of a retry, after making sure that it changed nothing. */
async function refusalOf(id: string, auth: Auth) {
  const state = () => sql(`select (select count(*) from jobs)::int as jobs, (select json_agg(j) from jobs j where id = $1) as job`, [id]);
  const before = await state();
  const { errors } = await retry(id, auth);
  expect(await state()).toEqual(before);
  return { code: errors![0]!.extensions.code, message: errors![0]!.message };
}

test('a job that was given up is a dead letter until it is run again, as a new job that runs to its end', async () => {
  const worker = await startWorker(app.databaseUrl);
  const { id } = await enqueue(app.url, 'probe.fail', { message: 'no luck' }, owner, { priority: 3 });
  const old = await jobIn(app.url, id, 'FAILED', owner);
  expect(await deadLetters()).toEqual([id]);

  const { data: answer } = await retry(id, owner);

  const { job, cursor } = answer.retryJob;
  expect(job).toEqual({
    id: expect.not.stringMatching(id),
    status: 'QUEUED',
    retryOf: { id, retriedAt: expect.any(String), retriedBy: { id: job.id } },
  });
  expect(await jobOf(app.url, id, owner)).toEqual(old);
  const feed = followFeed(app.url, 'jobProgress', job.id, owner, { after: cursor });
  await feed.ended();
  await feed.stop();
  expect(feed.items.map(({ status, attempt }) => [status, attempt])).toEqual([
    ['QUEUED', 0],
    ['RUNNING', 1],
    ['RETRYING', 1],
    ['RUNNING', 2],
    ['FAILED', 2],
  ]);
  expect(await sql('select name, parameters, priority, attempts, requested_by_name from jobs where id = $1', [job.id])).toEqual([
    { name: 'probe.fail', parameters: { message: 'no luck' }, priority: 3, attempts: 2, requested_by_name: 'olaf' },
  ]);
  expect(await deadLetters()).toEqual([job.id]);
  await retry(job.id, owner);
  await worker.stop();
  expect(await sql(`select action, actor_username from changes where target_id = $1 order by created_at`, [id])).toEqual([
    { action: 'jobs.job.enqueued', actor_username: 'olaf' },
    { action: 'jobs.job.retried', actor_username: 'olaf' },
  ]);
});

test('a cancelled job can be run again, and is no dead letter', async () => {
  const { id } = await enqueue(app.url, 'probe.print', { lines: 1 }, owner);
  await cancel(app.url, id, owner);
  const before = await deadLetters();
  expect(before).not.toContain(id);

  const { data: answer } = await retry(id, owner);

  expect(answer.retryJob.job).toMatchObject({ status: 'QUEUED', retryOf: { id } });
});

test('a second retry is refused with the new job, one with the same idempotency key gives it again', async () => {
  const { id } = await aDeadJob();
  const first = await retry(id, owner, 'once more');

  const again = await retry(id, owner, 'once more');

  expect(again.data.retryJob.job.id).toBe(first.data.retryJob.job.id);
  expect(await refusalOf(id, owner)).toEqual({
    code: 'PRECONDITION_FAILED',
    message: `The job was run again already, as ${first.data.retryJob.job.id}`,
  });
  expect(await sql('select id from jobs where retry_of_id = $1', [id])).toHaveLength(1);
});

test('retries at the same time make one job', async () => {
  const { id } = await aDeadJob();

  const answers = await Promise.all(Array.from({ length: 5 }, () => retry(id, owner)));

  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
  expect(answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))).toEqual(
    Array(4).fill('PRECONDITION_FAILED'),
  );
});

test('a key that belongs to another request does not run the job again', async () => {
  const { id } = await aDeadJob();
  await enqueue(app.url, 'probe.print', { lines: 1 }, owner, { idempotencyKey: 'taken' });

  const { errors } = await retry(id, owner, 'taken');

  expect(errors![0]!.extensions).toMatchObject({ code: 'CONFLICT', paths: ['input.idempotencyKey'] });
  expect(await sql('select id from jobs where retry_of_id = $1', [id])).toEqual([]);
});

test.each(['QUEUED', 'RUNNING', 'RETRYING', 'SUCCEEDED'] as const)('a job that is %s is not run again', async (status) => {
  const { id } = await aDeadJob(owner.id, { status });

  expect(await refusalOf(id, owner)).toEqual({
    code: 'PRECONDITION_FAILED',
    message: `Only a job that failed or was cancelled can be run again; it is ${status}`,
  });
});

test.each([
  ['a holder of job:retry', operator, null],
  ['a viewer', viewer, 'FORBIDDEN'],
  ['somebody who does not see it', stranger, 'NOT_FOUND'],
])('the job of somebody else is run again by %s: %#', async (_who, auth, code) => {
  const { id } = await aDeadJob();

  if (code) return expect(await refusalOf(id, auth)).toMatchObject({ code });
  const { data: answer } = await retry(id, auth);
  expect(await sql('select requested_by_name from jobs where id = $1', [answer.retryJob.job.id])).toEqual([{ requested_by_name: 'olga' }]);
});

test('whoever may not start jobs does not run their own again', async () => {
  const { id } = await aDeadJob(viewer.id);

  expect(await refusalOf(id, viewer)).toMatchObject({ code: 'FORBIDDEN' });
});

test('parameters and files are checked again', async () => {
  const gone = await aDeadJob(owner.id, { name: 'planted.job' });
  const unfit = await aDeadJob(owner.id, { parameters: { lines: 'many' } });
  const file = await upload(app.url, 'x', 'x.log', owner);
  const foreign = await aDeadJob(stranger.id, { name: 'probe.wait', parameters: { flag: file } });

  for (const [{ id }, auth, reason] of [
    [gone, owner, 'There is no operation planted.job'],
    [unfit, owner, 'must be integer'],
    [foreign, stranger, `${file} is neither an upload of yours`],
  ] as const) {
    const refusal = await refusalOf(id, auth);
    expect(refusal.code).toBe('PRECONDITION_FAILED');
    expect(refusal.message).toContain(reason);
  }
});

test('dead letters are found by their index', async () => {
  await sql('vacuum analyze');
  await pretendMany(sql);
  await sql('set enable_seqscan = off');
  await sql('set enable_sort = off');
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await sql(`set plan_cache_mode = ${mode}`);
    await sql(`prepare letters_${mode}(boolean) as select t.id from jobs t
      where (case when "t"."status" = 'FAILED' then "t"."retried_at" is null else false end) = $1 order by t.id limit 10`);
    const plan = await sql(`explain execute letters_${mode}(true)`);

    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('jobs_dead_letter');
  }
});
