import { expect, test } from 'vitest';
import { data, graphql, upload, type Auth } from '../../support/client.js';
import { recording } from '../../support/changes.js';
import { enqueue, eventually, jobIn, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const operator = await signedIn(app, 'olga', ['operator']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const stranger = await signedIn(app, 'sven');

const fields =
  'id name operation cron timezone parameters priority isEnabled nextRunAt lastRunAt lastError revision createdByName createdBy { id } lastJob { id }';
const mutate = (name: string, input: object, auth: Auth = operator, selection = `jobSchedule { ${fields} }`) =>
  graphql(
    app.url,
    `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selection} } }`,
    { input },
    auth,
  );
const aSchedule = async (name: string, more: object = {}) => {
  const input = { name, operation: 'probe.print', cron: '0 4 * * *', parameters: { lines: 1 }, ...more };
  const { data: answer, errors } = await mutate('createJobSchedule', input);
  expect(errors).toBeUndefined();
  return answer.createJobSchedule.jobSchedule as Record<string, any>;
};
const scheduleOf = async (id: string, auth: Auth = operator): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { jobSchedule(id: $id) { ${fields} } }`, { id }, auth)).jobSchedule;
const makeDue = (id: string, ago = '1 second') =>
  sql(`update job_schedules set next_run_at = now() - $2::interval where id = $1`, [id, ago]);
const jobsOf = (name: string) =>
  sql(`select id, name, parameters, priority, requested_by_name, requested_by_id from jobs where requested_by_name = $1`, [
    `schedule ${name}`,
  ]);
const schedules = () => sql('select * from job_schedules order by id');
/** The refusal of a mutation, after making sure that it changed no schedule. */
async function refusalOf(name: string, input: object, auth: Auth = operator, selection?: string) {
  const before = await schedules();
  const { errors } = await mutate(name, input, auth, selection);
  expect(await schedules()).toEqual(before);
  return { code: errors![0]!.extensions.code, paths: errors![0]!.extensions.paths?.toSorted() };
}
const isAfterNow = (time: string): boolean => Date.parse(time) > Date.now();

test('a schedule is created with what it says, when it is due next, and a record', async () => {
  const { result: schedule, changes } = await recording(app, () => aSchedule('nightly', { priority: 5, timezone: 'Europe/Berlin' }));

  expect(schedule).toEqual({
    id: expect.any(String),
    name: 'nightly',
    operation: 'probe.print',
    cron: '0 4 * * *',
    timezone: 'Europe/Berlin',
    parameters: { lines: 1 },
    priority: 5,
    isEnabled: true,
    nextRunAt: expect.stringMatching(/T0[23]:00:00.000Z$/),
    lastRunAt: null,
    lastError: null,
    revision: 1,
    createdByName: 'olga',
    createdBy: { id: operator.id },
    lastJob: null,
  });
  expect(isAfterNow(schedule.nextRunAt)).toBe(true);
  expect(changes.map(({ action, actor_username, target_id }) => [action, actor_username, target_id])).toEqual([
    ['jobs.jobSchedule.created', 'olga', schedule.id],
  ]);
});

test('a schedule that is not enabled is not due', async () => {
  expect(await aSchedule('sleeping', { isEnabled: false })).toMatchObject({ isEnabled: false, nextRunAt: null });
});

test.each([
  ['a wrong expression', { cron: '61 * * * *' }, ['input.cron']],
  ['a wrong time zone', { timezone: 'Mars/Olympus' }, ['input.timezone']],
  ['an operation that is not there', { operation: 'probe.dance' }, ['input.operation']],
  ['parameters that do not fit', { parameters: { lines: 'many', colour: 'red' } }, ['input.parameters.colour', 'input.parameters.lines']],
  ['a file that is not there', { operation: 'probe.wait', parameters: { flag: '/etc/passwd' } }, ['input.parameters.flag']],
  ['several faults', { cron: 'x', operation: 'probe.dance' }, ['input.cron', 'input.operation']],
  ['a priority above the highest', { priority: 101 }, ['input.priority']],
  ['no name', { name: '' }, ['input.name']],
])('%s is refused at its place', async (_case, more, paths) => {
  const input = { name: 'wrong', operation: 'probe.print', cron: '0 4 * * *', parameters: { lines: 1 }, ...more };

  expect(await refusalOf('createJobSchedule', input)).toEqual({ code: 'BAD_USER_INPUT', paths });
});

test('two schedules do not have one name', async () => {
  await aSchedule('twice');

  expect(await refusalOf('createJobSchedule', { name: 'twice', operation: 'probe.exit', cron: '* * * * *' })).toMatchObject({
    code: 'CONFLICT',
    paths: ['input.name'],
  });
});

test('a change is due anew when it changes when it is due, and otherwise stays due', async () => {
  const { id } = await aSchedule('changing');
  await sql(`update job_schedules set next_run_at = '2040-01-01T00:00:00Z', last_error = 'old' where id = $1`, [id]);

  const renamed = await mutate('updateJobSchedule', { id, expectedRevision: 1, name: 'changed', parameters: { lines: 2 } });
  const moved = await mutate('updateJobSchedule', { id, expectedRevision: 2, cron: '0 0 1 1 *' });
  const off = await mutate('updateJobSchedule', { id, expectedRevision: 3, isEnabled: false });
  const on = await mutate('updateJobSchedule', { id, expectedRevision: 4, isEnabled: true });

  const answers = [renamed, moved, off, on].map(({ data: answer }) => answer.updateJobSchedule.jobSchedule);
  expect(answers[0]).toMatchObject({
    name: 'changed',
    parameters: { lines: 2 },
    cron: '0 4 * * *',
    nextRunAt: '2040-01-01T00:00:00.000Z',
    lastError: null,
  });
  const newYear = `${new Date().getUTCFullYear() + 1}-01-01T00:00:00.000Z`;
  expect(answers.slice(1).map(({ isEnabled, nextRunAt }) => [isEnabled, nextRunAt])).toEqual([
    [true, newYear],
    [false, null],
    [true, newYear],
  ]);
  expect(
    await sql(
      `select action, before->>'cron' as before, after->>'cron' as after from changes where target_id = $1 order by created_at offset 2 limit 1`,
      [id],
    ),
  ).toEqual([{ action: 'jobs.jobSchedule.updated', before: '0 4 * * *', after: '0 0 1 1 *' }]);
});

test('a change with a stale revision or a wrong value changes nothing', async () => {
  const { id } = await aSchedule('stable');
  await mutate('updateJobSchedule', { id, expectedRevision: 1, priority: 1 });

  expect(await refusalOf('updateJobSchedule', { id, expectedRevision: 1, priority: 2 })).toMatchObject({ code: 'CONFLICT' });
  expect(await refusalOf('updateJobSchedule', { id, expectedRevision: 2, cron: 'x' })).toEqual({
    code: 'BAD_USER_INPUT',
    paths: ['input.cron'],
  });
  expect(await refusalOf('updateJobSchedule', { id, expectedRevision: 2, operation: 'probe.strict' })).toMatchObject({
    code: 'BAD_USER_INPUT',
  });
});

test('a deleted schedule is gone, and its jobs stay', async () => {
  const { id } = await aSchedule('leaving');
  const job = await enqueue(app.url, 'probe.print', { lines: 1 }, operator);
  await sql('update job_schedules set last_job_id = $2 where id = $1', [id, job.id]);

  const { data: answer } = await mutate('deleteJobSchedule', { id }, operator, 'id');

  expect(answer.deleteJobSchedule).toEqual({ id });
  expect(await scheduleOf(id)).toBeNull();
  expect(await sql('select id from jobs where id = $1', [job.id])).toHaveLength(1);
  expect(await refusalOf('deleteJobSchedule', { id }, operator, 'id')).toMatchObject({ code: 'NOT_FOUND' });
});

test('without schedule:manage nobody creates, changes or deletes one, and only holders of job:read see it', async () => {
  const { id } = await aSchedule('guarded');
  const input = { name: 'mine', operation: 'probe.print', cron: '* * * * *', parameters: { lines: 1 } };

  for (const auth of [viewer, stranger]) {
    expect(await refusalOf('createJobSchedule', input, auth)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf('updateJobSchedule', { id, expectedRevision: 1, priority: 9 }, auth)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf('deleteJobSchedule', { id }, auth, 'id')).toMatchObject({ code: 'FORBIDDEN' });
  }
  expect(await scheduleOf(id, viewer)).toMatchObject({ name: 'guarded' });
  expect(await scheduleOf(id, stranger)).toBeNull();
});

test('of two workers one starts the job of a due schedule, on behalf of the schedule, however many times have passed', async () => {
  await Promise.all([startWorker(app.databaseUrl), startWorker(app.databaseUrl)]);
  const { id } = await aSchedule('hourly', { cron: '0 0 1 1 *', priority: 2 });
  const barrier = await aSchedule('barrier', { cron: '0 0 1 1 *' });
  await makeDue(id, '3 days');

  const schedule = await eventually(
    'the schedule to run',
    () => scheduleOf(id),
    ({ lastRunAt }) => lastRunAt !== null,
  );
  // Whoever would run it again has looked for due schedules since.
  await makeDue(barrier.id);
  await eventually(
    'the next schedule to run',
    () => scheduleOf(barrier.id),
    ({ lastRunAt }) => lastRunAt !== null,
  );

  const jobs = await jobsOf('hourly');
  expect(jobs).toEqual([
    {
      id: schedule.lastJob.id,
      name: 'probe.print',
      parameters: { lines: 1 },
      priority: 2,
      requested_by_name: 'schedule hourly',
      requested_by_id: null,
    },
  ]);
  expect(schedule).toMatchObject({ revision: 1, lastError: null });
  expect(isAfterNow(schedule.nextRunAt)).toBe(true);
  expect(await jobIn(app.url, jobs[0]!.id, 'SUCCEEDED', operator)).toMatchObject({ attempts: 1 });
  expect(await sql('select action, actor_username, actor_id from changes where target_id = $1', [jobs[0]!.id])).toEqual([
    { action: 'jobs.job.enqueued', actor_username: 'schedule hourly', actor_id: null },
  ]);
});

test('a schedule with seconds runs again and again, each due time once', async () => {
  // When each run was due, by the clock that decides about it.
  await sql('create table ran (at timestamptz)');
  await sql(
    `create function note_run() returns trigger language plpgsql as 'begin insert into ran values (new.last_run_at); return new; end'`,
  );
  await sql(
    `create trigger note_run after update of last_run_at on job_schedules for each row when (new.name = 'often') execute function note_run()`,
  );
  await Promise.all([startWorker(app.databaseUrl), startWorker(app.databaseUrl)]);
  const { id } = await aSchedule('often', { cron: '* * * * * *' });

  await eventually(
    'several jobs',
    () => jobsOf('often'),
    (jobs) => jobs.length >= 3,
  );
  await mutate('updateJobSchedule', { id, expectedRevision: 1, isEnabled: false });

  const [row] = await sql(`select count(*)::int as runs, count(distinct date_trunc('second', at))::int as seconds from ran`);
  expect(row!.seconds).toBe(row!.runs);
  expect(await jobsOf('often')).toHaveLength(row!.runs);
  expect(await scheduleOf(id)).toMatchObject({ isEnabled: false, nextRunAt: null, revision: 2 });
});

test('a schedule that cannot run says why, waits for its next time, and holds no other up', async () => {
  const file = await upload(app.url, 'go', 'flag.txt', operator);
  const broken = await aSchedule('broken', { cron: '0 0 1 1 *' });
  const fileless = await aSchedule('fileless', { operation: 'probe.wait', parameters: { flag: file } });
  const fine = await aSchedule('fine', { cron: '0 0 1 1 *' });
  await sql(`update job_schedules set operation = 'gone.away' where id = $1`, [broken.id]);
  await sql('delete from uploads where id = $1', [file]);
  for (const [each, ago] of [
    [broken, '3 s'],
    [fileless, '2 s'],
    [fine, '1 s'],
  ] as const)
    await makeDue(each.id, ago);

  await startWorker(app.databaseUrl);

  await eventually(
    'the good one to run',
    () => scheduleOf(fine.id),
    ({ lastJob }) => lastJob !== null,
  );
  const [first, second] = [await scheduleOf(broken.id), await scheduleOf(fileless.id)];
  expect(first.lastError).toMatch(/^There is no operation gone\.away; there are: /);
  expect(second.lastError).toMatch(/is neither an upload of yours nor a file below/);
  for (const each of [first, second]) {
    expect(isAfterNow(each.nextRunAt)).toBe(true);
    expect(each).toMatchObject({ lastRunAt: null, lastJob: null });
  }
});
