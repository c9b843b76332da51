import { expect, test } from 'vitest';
import { graphql, signIn, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { cancel, childOf, enqueue, eventually, gone, jobIn, jobOf, openSql, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp();
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
// A second app on a database of its own runs nothing: its jobs stay queued.
const idle = await startProbeApp({ ROLE: 'api' });
const idleSql = await openSql(idle.databaseUrl);
const idleAdmin = await signIn(idle.url);
const owner = await signedIn(idle, 'enno', [(await aRole(idle, 'enqueuer', ['job:enqueue'])).slug]);
const callers: Record<string, Auth> = {
  'the owner': owner,
  'another operator': await signedIn(idle, 'olga', ['operator']),
  'a viewer': await signedIn(idle, 'vera', ['viewer']),
  'another enqueuer': await signedIn(idle, 'eric', ['enqueuer']),
  nobody: {},
};

const tryToCancel = (url: string, id: string, auth: Auth) =>
  graphql(url, 'mutation($id: ID!) { cancelJob(input: { id: $id }) { job { status } } }', { id }, auth);

test('a queued job ends at once, and so do its feeds', async () => {
  const { id, cursor } = await enqueue(idle.url, 'probe.print', { lines: 1 }, idleAdmin);
  const events = followFeed(idle.url, 'jobProgress', id, idleAdmin, { after: cursor });
  const lines = followFeed(idle.url, 'jobLogs', id, idleAdmin, { after: cursor });
  await lines.until('a first page', ({ pages }) => pages.length > 0);

  expect(await cancel(idle.url, id, idleAdmin)).toBe('CANCELLED');

  await Promise.all([events.ended(), lines.ended()]);
  expect(events.items.map(({ status, message }) => [status, message])).toEqual([
    ['QUEUED', 'Waits in sre-toolbox'],
    ['CANCELLED', 'Cancelled by admin'],
  ]);
  expect(lines.pages.at(-1)).toMatchObject({ state: 'ENDED', total: 0, reason: 'CANCELLED' });
  expect(await jobOf(idle.url, id, idleAdmin)).toMatchObject({ status: 'CANCELLED', attempts: 0, finishedAt: expect.any(String) });
  await Promise.all([events.stop(), lines.stop()]);
});

test('a running job is told to stop and ends when its run has', async () => {
  const { id, cursor } = await enqueue(app.url, 'probe.wait', {}, admin);
  const pid = await childOf(app.url, id, admin);

  // The payload is read after the commit, when the run may be over already.
  expect(['RUNNING', 'CANCELLED']).toContain(await cancel(app.url, id, admin));

  const events = await followFeed(app.url, 'jobProgress', id, admin, { after: cursor }).ended();
  await events.stop();
  expect(events.items.at(-1)).toMatchObject({ status: 'CANCELLED', message: 'The run was stopped', attempt: 1 });
  expect(await jobOf(app.url, id, admin)).toMatchObject({ status: 'CANCELLED', result: null, error: null });
  await gone(pid);
});

test('a job that waits for its next attempt ends at once and does not run again', async () => {
  const { id } = await enqueue(app.url, 'probe.fail', {}, admin);
  await jobIn(app.url, id, 'RETRYING', admin);

  expect(await cancel(app.url, id, admin)).toBe('CANCELLED');

  await eventually(
    'its delivery to be taken',
    () => sql(`select state from pgboss.job where data->>'jobId' = $1`, [id]),
    (deliveries) => deliveries.every(({ state }) => state === 'completed'),
  );
  expect(await jobOf(app.url, id, admin)).toMatchObject({ status: 'CANCELLED', attempts: 1 });
});

test('of many jobs cancelled while workers take them, each ends cancelled and stays so', async () => {
  const jobs = await Promise.all(Array.from({ length: 12 }, () => enqueue(app.url, 'probe.wait', {}, admin)));

  const answers = await Promise.all(jobs.map(({ id }) => tryToCancel(app.url, id, admin)));

  expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
  for (const { id } of jobs) await jobIn(app.url, id, 'CANCELLED', admin);
  const [left] = await sql(
    `select (select count(*)::int from jobs where id = any($1) and status <> 'CANCELLED') as other,
      (select count(*)::int from job_events where job_id = any($1) and status = 'CANCELLED') as ends,
      (select count(*)::int from streams s, unnest($1::uuid[]) as id where s.name in ('job_events:' || id, 'job_log_lines:' || id) and s.ended_at is null) as open`,
    [jobs.map(({ id }) => id)],
  );
  expect(left).toEqual({ other: 0, ends: 12, open: 0 });
});

test.each(['SUCCEEDED', 'FAILED', 'CANCELLED'])('a job that has %s cannot be cancelled, and nothing changes', async (status) => {
  const [name, parameters] = { SUCCEEDED: ['probe.night', {}], FAILED: ['probe.exit', {}], CANCELLED: ['probe.wait', {}] }[status] as [
    string,
    object,
  ];
  const { id } = await enqueue(app.url, name, parameters, admin);
  if (status === 'CANCELLED') await cancel(app.url, id, admin);
  await jobIn(app.url, id, status, admin);
  const before = await sql('select * from jobs where id = $1', [id]);
  const recorded = await sql('select count(*) from changes where target_id = $1', [id]);

  const answer = await tryToCancel(app.url, id, admin);

  expect(answer.data).toBeNull();
  expect(answer.errors!.map(({ message, extensions }) => [extensions.code, message])).toEqual([
    ['PRECONDITION_FAILED', `The job has already ended: ${status}`],
  ]);
  expect(await sql('select * from jobs where id = $1', [id])).toEqual(before);
  expect(await sql('select count(*) from changes where target_id = $1', [id])).toEqual(recorded);
});

test.each<[string, string | null, number]>([
  ['the owner', null, 1],
  ['another operator', null, 1],
  ['a viewer', 'FORBIDDEN', 1],
  ['another enqueuer', 'NOT_FOUND', 1],
  ['nobody', 'UNAUTHENTICATED', 1],
])('%s who cancels a job of its owner gets %s', async (caller, code, recorded) => {
  const { id } = await enqueue(idle.url, 'probe.print', { lines: 1 }, owner);
  const read = () => idleSql(`select to_jsonb(j) as job, (select count(*)::int from changes) as changes from jobs j where id = $1`, [id]);
  const [before] = await read();

  const answer = await tryToCancel(idle.url, id, callers[caller]!);

  const [after] = await read();
  expect(answer.errors?.[0]?.extensions.code ?? null).toBe(code);
  expect(after!.changes - before!.changes).toBe(recorded);
  if (code === null) expect(after!.job.status).toBe('CANCELLED');
  else expect(after!.job).toEqual(before!.job);
});

test.each(['01999999-0000-7014-8000-000000000000', 'no-uuid', ''])('the job "%s" is not found', async (id) => {
  const answer = await tryToCancel(idle.url, id, idleAdmin);

  expect(answer.errors!.map(({ message, extensions }) => [extensions.code, message])).toEqual([['NOT_FOUND', `Job ${id} was not found`]]);
});
