import { expect, test } from 'vitest';
import { sql as statement } from '#core/database/sql.js';
import { asOperation } from '#core/jobs/as-operation.js';
import { permissions, seededRoles } from '#domains/identity/roles/roles.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn, type Auth } from '../../support/client.js';
import { mutate, mutated } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const operator = await signedIn(app, 'olga', ['operator']);
await aRole(app, 'keeper', ['schedule:manage', 'audit:checkpoint']);
const keeper = await signedIn(app, 'kai', ['keeper']);

const schedules = () => rowsOf(app, statement`select * from job_schedules order by id`);
const scheduleOf = async (name: string) =>
  (await rowsOf<{ id: string; revision: number }>(app, statement`select id, revision from job_schedules where name = ${name}`))[0]!;
/** The refusal of a mutation, after making sure that it changed no schedule. */
async function refusalOf(name: string, input: object, auth: Auth): Promise<object> {
  const before = await schedules();
  const { errors } = await mutate(app, name, input, auth);
  expect(await schedules()).toEqual(before);
  return errors![0]!;
}
const change = async (name: string, more: object) => {
  const { id, revision } = await scheduleOf(name);
  return { id, expectedRevision: revision, ...more };
};
const guarded = ['upkeep.verifyAudit', 'upkeep.checkpointAudit'];

test('what guards an operation is a permission that there is, and not one of operators', () => {
  const guards = graph.operations.flatMap((own) => (own.guardedBy ? [[asOperation(own, 0).name, own.guardedBy]] : []));

  expect(guards.map(([name]) => name).sort()).toEqual(guarded.toSorted());
  for (const [, guard] of guards) {
    expect(Object.keys(permissions)).toContain(guard);
    expect(seededRoles.operator!.permissions).not.toContain(guard);
  }
});

test.each(guarded)(
  'an operator neither switches %s off nor changes when it runs, nor deletes its schedule or makes another',
  async (name) => {
    const missing = { message: 'This needs the permission audit:checkpoint', extensions: { code: 'FORBIDDEN' } };

    for (const more of [{ isEnabled: false }, { cron: '0 0 31 2 *' }, { operation: 'upkeep.trimJobs' }, { name: 'mine' }])
      expect(await refusalOf('updateJobSchedule', await change(name, more), operator)).toMatchObject(missing);
    expect(await refusalOf('deleteJobSchedule', { id: (await scheduleOf(name)).id }, operator)).toMatchObject(missing);
    expect(await refusalOf('createJobSchedule', { name: 'mine', operation: name, cron: '* * * * *' }, operator)).toMatchObject(missing);
    expect(await refusalOf('updateJobSchedule', await change('upkeep.trimJobs', { operation: name }), operator)).toMatchObject(missing);
  },
);

test('who may change when the trail is signed has to have shown lately who they are, and it is recorded as what matters', async () => {
  const input = await change('upkeep.verifyAudit', { cron: '0 5 * * *' });
  const age = (minutes: number) =>
    rowsOf(
      app,
      statement`update sessions set created_at = now() - make_interval(mins => ${minutes}), reauthenticated_at = null where user_id = ${keeper.id} returning id`,
    );

  await age(721);
  const refused = await refusalOf('updateJobSchedule', input, keeper);
  await age(0);
  const { changes } = await recording(app, () => mutated(app, 'updateJobSchedule', input, keeper));

  expect(refused).toMatchObject({ extensions: { code: 'FORBIDDEN', reason: 'REAUTHENTICATION_REQUIRED' } });
  expect(changes).toMatchObject([{ action: 'jobs.jobSchedule.updated', severity: 'HIGH', actor_username: 'kai' }]);
});

test('a schedule of Signalbox keeps its operation and its name, and no other takes the name', async () => {
  const refusals = [
    await refusalOf('updateJobSchedule', await change('upkeep.trimJobs', { operation: 'upkeep.trimSessions' }), admin),
    await refusalOf('updateJobSchedule', await change('upkeep.trimJobs', { name: 'mine' }), admin),
    await refusalOf('createJobSchedule', { name: 'upkeep.later', operation: 'upkeep.trimJobs', cron: '0 0 * * *' }, admin),
  ];

  expect(refusals.map((each) => (each as { extensions: object }).extensions)).toEqual([
    { code: 'BAD_USER_INPUT', paths: ['input.operation'] },
    { code: 'BAD_USER_INPUT', paths: ['input.name'] },
    { code: 'BAD_USER_INPUT', paths: ['input.operation'] },
  ]);
});

test('a schedule that an earlier version let be named like those of Signalbox can be switched off and renamed', async () => {
  const { jobSchedule } = await mutated(
    app,
    'createJobSchedule',
    { name: 'of before', operation: 'upkeep.trimJobs', cron: '0 0 1 1 *' },
    admin,
    'jobSchedule { id }',
  );
  await rowsOf(app, statement`update job_schedules set name = 'upkeep.later' where id = ${jobSchedule.id} returning id`);

  await mutated(app, 'updateJobSchedule', await change('upkeep.later', { isEnabled: false }), admin);
  await mutated(app, 'updateJobSchedule', await change('upkeep.later', { name: 'mine' }), admin);

  expect(await rowsOf(app, statement`select name, is_enabled from job_schedules where id = ${jobSchedule.id}`)).toEqual([
    { name: 'mine', is_enabled: false },
  ]);
});

test('an operator changes the other schedules of Signalbox as before', async () => {
  const { changes } = await recording(app, async () =>
    mutated(app, 'updateJobSchedule', await change('upkeep.trimJobs', { isEnabled: false }), operator),
  );

  expect(changes).toMatchObject([{ action: 'jobs.jobSchedule.updated', severity: 'INFO', actor_username: 'olga' }]);
});

test('an operator does not stop the verification that somebody else has asked for', async () => {
  const { job } = await mutated(app, 'enqueueJob', { name: 'upkeep.verifyAudit' }, admin, 'job { id }');
  const stateOf = () => rowsOf(app, statement`select status, cancel_requested_at from jobs where id = ${job.id}`);

  const { errors } = await mutate(app, 'cancelJob', { id: job.id }, operator);

  expect(errors).toMatchObject([{ message: 'This needs the permission audit:checkpoint', extensions: { code: 'FORBIDDEN' } }]);
  expect(await stateOf()).toEqual([{ status: 'QUEUED', cancel_requested_at: null }]);
});

test('a schedule in whose place an earlier version let something else be put runs its operation again from the next start on', async () => {
  await rowsOf(
    app,
    statement`update job_schedules set operation = 'upkeep.trimSessions', cron = '0 0 1 1 *', timezone = 'Europe/Berlin', is_enabled = false,
      next_run_at = null, runs_as_name = 'olga' where name = 'upkeep.checkpointAudit' returning id`,
  );

  const { changes } = await recording(app, () => startTestApp({ DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ROLE: 'api' }));

  expect(
    await rowsOf(
      app,
      statement`select operation, cron, timezone, is_enabled, runs_as_name, next_run_at < now() + interval '1 hour' as "isSoon" from job_schedules
        where name = 'upkeep.checkpointAudit'`,
    ),
  ).toEqual([
    {
      operation: 'upkeep.checkpointAudit',
      cron: '7 * * * *',
      timezone: 'UTC',
      is_enabled: true,
      runs_as_name: 'signalbox',
      isSoon: true,
    },
  ]);
  expect(changes.filter(({ action }) => action === 'jobs.jobSchedule.updated')).toMatchObject([
    { severity: 'HIGH', actor_username: 'signalbox' },
  ]);
});
