import { expect, test } from 'vitest';
import { data, signIn, upload, type Auth } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { eventually, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
await aRole(app, 'scheduler', ['schedule:manage', 'file:upload', 'job:read']);
const aScheduler = (name: string) => signedIn(app, name, ['scheduler']);

const fields = 'id revision lastError lastJob { id requestedByName requestedBy { id } } nextRunAt runsAs { id } runsAsName createdByName';
const aSchedule = async (name: string, auth: Auth, more: object = {}): Promise<string> => {
  const input = { name, operation: 'probe.print', cron: '0 4 1 1 *', parameters: { lines: 1 }, ...more };
  return (await mutated(app, 'createJobSchedule', input, auth, 'jobSchedule { id }')).jobSchedule.id;
};
const scheduleOf = async (id: string): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { jobSchedule(id: $id) { ${fields} } }`, { id }, admin)).jobSchedule;

/** Lets a schedule be due; returns it when it has run or could not. */
async function due(id: string): Promise<Record<string, any>> {
  await sql(`update job_schedules set next_run_at = now() - interval '1 second', last_error = null, last_job_id = null where id = $1`, [
    id,
  ]);
  return eventually(
    'the schedule to run or to say why it cannot',
    () => scheduleOf(id),
    ({ lastError, lastJob }) => lastError !== null || lastJob !== null,
  );
}

test('a schedule runs while its user may start it, and not when the user is deactivated', async () => {
  await startWorker(app.databaseUrl);
  const user = await aScheduler('anna');
  const id = await aSchedule('nightly', user);

  const runs = await due(id);
  await mutated(app, 'deactivateUser', { id: user.id }, admin);
  const stopped = await due(id);
  await mutated(app, 'activateUser', { id: user.id }, admin);
  const again = await due(id);

  expect(runs).toMatchObject({
    lastError: null,
    lastJob: { requestedByName: 'schedule nightly', requestedBy: null },
    runsAs: { id: user.id },
  });
  expect(stopped).toMatchObject({
    lastJob: null,
    lastError:
      'It runs with the rights of anna, who is deactivated or deleted; somebody who may start it can change the schedule, and it then runs with their rights',
  });
  expect(Date.parse(stopped.nextRunAt)).toBeGreaterThan(Date.now());
  expect(again.lastJob).not.toBeNull();
});

test('a schedule of a user who was deleted stands still until somebody changes it, and then runs with their rights', async () => {
  await startWorker(app.databaseUrl);
  const user = await aScheduler('bert');
  const heir = await aScheduler('berta');
  const id = await aSchedule('orphaned', user);
  await mutated(app, 'deleteUser', { id: user.id, username: 'bert' }, admin);

  const orphaned = await due(id);
  await mutated(app, 'updateJobSchedule', { id, expectedRevision: orphaned.revision }, heir);
  const inherited = await due(id);

  expect(orphaned).toMatchObject({
    lastJob: null,
    lastError: expect.stringMatching(/rights of bert, who is/),
    runsAs: null,
    runsAsName: 'bert',
  });
  expect(inherited).toMatchObject({ lastError: null, runsAs: { id: heir.id }, runsAsName: 'berta', createdByName: 'bert' });
  expect(inherited.lastJob).not.toBeNull();
});

test('a schedule whose user may not manage schedules any more stands still', async () => {
  await startWorker(app.databaseUrl);
  const user = await aScheduler('carl');
  const id = await aSchedule('demoted', user);
  await mutated(app, 'removeRole', { userId: user.id, role: 'scheduler' }, admin);

  expect(await due(id)).toMatchObject({ lastJob: null, lastError: expect.stringMatching(/carl, who may not manage schedules any more/) });
});

test("a schedule reads the user's own uploads, and those of others only as long as the user may", async () => {
  await startWorker(app.databaseUrl);
  const user = await aScheduler('dora');
  const own = await upload(app.url, 'go', 'flag.txt', user);
  const others = await upload(app.url, 'go', 'flag.txt', admin);
  await mutated(app, 'assignRole', { userId: user.id, role: 'operator' }, admin);
  const wait = (file: string) => ({ operation: 'probe.wait', parameters: { flag: file } });
  const [ownId, othersId] = [await aSchedule('own file', user, wait(own)), await aSchedule("another's file", user, wait(others))];
  expect((await due(othersId)).lastJob).not.toBeNull();

  await mutated(app, 'removeRole', { userId: user.id, role: 'operator' }, admin);

  expect(await due(othersId)).toMatchObject({ lastJob: null, lastError: expect.stringMatching(/is neither an upload of yours nor/) });
  expect((await due(ownId)).lastJob).not.toBeNull();
  expect(await refused(app, 'createJobSchedule', { name: 'third', cron: '* * * * *', ...wait(others) }, user)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.parameters.flag'],
  });
});

test("Signalbox's own operations run whoever changed their schedule last", async () => {
  await startWorker(app.databaseUrl);
  const user = await aScheduler('emil');
  const [schedule] = await sql(`select id, revision from job_schedules where name = 'upkeep.trimSessions'`);
  await mutated(app, 'updateJobSchedule', { id: schedule!.id, expectedRevision: schedule!.revision, cron: '0 5 1 1 *' }, user);
  await mutated(app, 'deleteUser', { id: user.id, username: 'emil' }, admin);

  expect(await due(schedule!.id)).toMatchObject({ lastError: null, runsAs: null, runsAsName: 'emil', lastJob: { id: expect.any(String) } });
});
