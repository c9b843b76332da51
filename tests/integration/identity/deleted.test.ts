import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, upload } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { aJob, anUpload } from '../../support/planted.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const remove = (id: string, username: string) => mutated(app, 'deleteUser', { id, username }, admin, 'id');

/** What becomes of the rows that point at a user who is deleted, and which column keeps the name where the row stays. */
const rules: Record<string, { rule: 'cascade' | 'set null'; keeps?: string; why?: string }> = {
  'account_notices.user_id': { rule: 'cascade', why: 'is about the user only' },
  'admin_invitations.invited_by_id': { rule: 'set null', keeps: 'invited_by_name' },
  'admin_roles.user_id': { rule: 'cascade', why: 'is about the user only' },
  'api_tokens.owner_id': { rule: 'cascade', why: 'is about the user only' },
  'approval_decisions.approver_id': { rule: 'set null', keeps: 'approver_name' },
  'approval_events.actor_id': { rule: 'set null', keeps: 'actor_name' },
  'approval_notices.user_id': { rule: 'cascade', why: 'is about the user only' },
  'approvals.approver_id': { rule: 'set null', keeps: 'approver_name' },
  'approvals.requester_id': { rule: 'set null', keeps: 'requester_name' },
  'job_schedules.created_by_id': { rule: 'set null', keeps: 'created_by_name' },
  'job_schedules.runs_as_id': { rule: 'set null', keeps: 'runs_as_name' },
  'jobs.requested_by_id': { rule: 'set null', keeps: 'requested_by_name' },
  'module_requests.requested_by_id': { rule: 'set null', keeps: 'requested_by_name' },
  'module_requests.reviewed_by_id': { rule: 'set null', keeps: 'reviewed_by_name' },
  'network_access_requests.requested_by_id': { rule: 'set null', keeps: 'requested_by_name' },
  'network_access_requests.reviewed_by_id': { rule: 'set null', keeps: 'reviewed_by_name' },
  'recovery_codes.user_id': { rule: 'cascade', why: 'is about the user only' },
  'role_assignments.user_id': { rule: 'cascade', why: 'is about the user only' },
  'secret_versions.created_by_id': { rule: 'set null', keeps: 'created_by_name' },
  'secrets.owner_id': { rule: 'set null', keeps: 'owner_name' },
  'sessions.user_id': { rule: 'cascade', why: 'is about the user only' },
  'settings.updated_by_id': { rule: 'set null', keeps: 'updated_by_name' },
  'sign_in_links.user_id': { rule: 'cascade', why: 'is about the user only' },
  'sso_identities.user_id': { rule: 'cascade', why: 'is about the user only' },
  'tool_executions.user_id': { rule: 'set null', keeps: 'executed_by_name' },
  'toolkit_removals.removed_by_id': { rule: 'set null', keeps: 'removed_by_name' },
  'tools.approved_by_id': { rule: 'set null', keeps: 'approved_by_name' },
  'tools.created_by_id': { rule: 'set null', keeps: 'created_by_name' },
  'tool_versions.created_by_id': { rule: 'set null', keeps: 'created_by_name' },
  'totps.user_id': { rule: 'cascade', why: 'is about the user only' },
  'uploads.uploaded_by_id': { rule: 'set null', keeps: 'uploaded_by_name' },
  'users.created_by_id': { rule: 'set null', keeps: 'created_by_name' },
};

test('every relation to a user states what becomes of it when the user is deleted, and where the name stays', async () => {
  const found = await rowsOf<{ at: string; action: string; columns: string[] }>(
    app,
    sql`select c.conrelid::regclass || '.' || a.attname as at, c.confdeltype as action,
      (select array_agg(o.attname::text) from pg_attribute o where o.attrelid = c.conrelid and o.attnum > 0) as columns
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.contype = 'f' and c.confrelid = 'users'::regclass order by 1`,
  );
  const words: Record<string, string> = { c: 'cascade', n: 'set null' };

  expect(Object.fromEntries(found.map(({ at, action }) => [at, words[action] ?? action]))).toEqual(
    Object.fromEntries(Object.entries(rules).map(([at, { rule }]) => [at, rule])),
  );
  for (const { at, columns } of found) {
    const { rule, keeps, why } = rules[at]!;
    if (rule === 'set null') expect(columns, at).toContain(keeps);
    else expect(why, at).toBeDefined();
  }
});

test('[taylordash-26] deleting a user deletes sessions, roles and links; what others need stays with the name', async () => {
  const user = await signedIn(app, 'anna', ['operator']);
  const created = await mutated(app, 'createUser', { username: 'child', password: 'a password of a child' }, admin, 'user { id }');
  await rowsOf(app, sql`update users set created_by_id = ${user.id}, created_by_name = 'anna' where id = ${created.user.id}`);
  await mutated(app, 'resetUserPassword', { id: (await aUser(app, 'other')).id }, admin);
  await rowsOf(app, sql`update sign_in_links set user_id = ${user.id}`);
  const job = await aJob(app, user.id, { requestedByName: 'anna', status: 'RUNNING' });
  const file = await upload(app.url, 'content', 'notes.log', user);
  const schedule = { name: 'nightly', operation: 'upkeep.trimJobs', cron: '0 4 * * *' };
  const { jobSchedule } = await mutated(app, 'createJobSchedule', schedule, user, 'jobSchedule { id }');

  const { result, changes } = await recording(app, () => remove(user.id, 'anna'));

  expect(result).toEqual({ id: user.id });
  expect(changes).toMatchObject([
    {
      action: 'identity.user.deleted',
      actor_username: 'admin',
      target_type: 'User',
      target_id: user.id,
      before: { username: 'anna', metadata: {}, passwordHash: '[redacted]' },
      after: null,
    },
  ]);
  expect(JSON.stringify(changes)).not.toContain('$argon2');
  for (const table of ['sessions', 'role_assignments', 'sign_in_links'])
    expect(await rowsOf(app, sql`select 1 from ${sql.ref(table)} where user_id = ${user.id}`)).toEqual([]);
  expect(
    await data(
      app.url,
      `query($user: ID!, $child: ID!, $job: ID!, $file: ID!, $schedule: ID!) {
        user(id: $user) { id } child: user(id: $child) { createdBy { id } createdByName }
        job(id: $job) { status requestedBy { id } requestedByName } upload(id: $file) { uploadedBy { id } uploadedByName }
        jobs(filter: { requestedByName: { startsWith: "ann" } }) { nodes { id } }
        jobSchedule(id: $schedule) { createdBy { id } createdByName runsAs { id } runsAsName } }`,
      { user: user.id, child: created.user.id, job: job.id, file, schedule: jobSchedule.id },
      admin,
    ),
  ).toEqual({
    user: null,
    child: { createdBy: null, createdByName: 'anna' },
    job: { status: 'RUNNING', requestedBy: null, requestedByName: 'anna' },
    upload: { uploadedBy: null, uploadedByName: 'anna' },
    jobs: { nodes: [{ id: job.id }] },
    jobSchedule: { createdBy: null, createdByName: 'anna', runsAs: null, runsAsName: 'anna' },
  });
  expect((await graphql(app.url, '{ me { id } }', {}, user)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('[toolbox-27] [taylordash-28] [cdsa-70] Deleting a user leaves the audit entries unchanged byte for byte: actor resolves to null, actorUsername stays', async () => {
  const user = await signedIn(app, 'bert', ['admin']);
  await mutated(app, 'createRole', { slug: 'berts', name: "Bert's" }, user);
  await mutated(app, 'updateProfile', { expectedRevision: 1, fullName: 'Bert' }, user);
  await graphql(app.url, 'mutation { deleteRole(input: { id: "x" }) { cursor } }', {}, user);
  const entries = () =>
    rowsOf(app, sql`select c::text as entry from changes c where actor_id = ${user.id} or target_id = ${user.id} order by id`);
  // Given after the commit, and by others than the user.
  await app.system.sequencer.run();
  const before = await entries();

  await remove(user.id, 'bert');

  await app.system.sequencer.run();
  const after = await entries();
  expect(before.length).toBeGreaterThanOrEqual(4);
  expect(after.slice(0, before.length)).toEqual(before);
  const shown = await data(
    app.url,
    '{ auditEntries(filter: { action: { eq: "identity.profile.updated" } }) { nodes { actor { id } actorId actorUsername targetId } } }',
    {},
    admin,
  );
  expect(shown.auditEntries.nodes).toEqual([{ actor: null, actorId: user.id, actorUsername: 'bert', targetId: user.id }]);
  expect(await rowsOf(app, sql`select 1 from users where id = ${user.id}`)).toEqual([]);
});

test('the name has to be that of the user, letter by letter', async () => {
  const { id } = await aUser(app, 'carl');

  for (const username of ['Carl', 'carl ', '', 'admin'])
    expect(await refused(app, 'deleteUser', { id, username }, admin)).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'This is not the name of the user',
      paths: ['input.username'],
    });
});

test('somebody new with the name of a deleted user has nothing of theirs', async () => {
  const first = await aUser(app, 'dora', ['viewer']);
  const job = await aJob(app, first.id, { requestedByName: 'dora' });
  const file = await anUpload(app, first.id);
  await remove(first.id, 'dora');

  const second = await signedIn(app, 'dora');

  const query =
    'query($job: ID!, $file: ID!) { me { roles { totalCount } jobs { totalCount } uploads { totalCount } } job(id: $job) { id } upload(id: $file) { id } }';
  expect(await data(app.url, query, { job: job.id, file: file.id }, second)).toEqual({
    me: { roles: { totalCount: 0 }, jobs: { totalCount: 0 }, uploads: { totalCount: 0 } },
    job: null,
    upload: null,
  });
});
