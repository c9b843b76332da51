import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { approvalLimitsOf } from '#domains/identity/index.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole, permissionsOf } from '../../support/roles.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const rights = async (userId: string) =>
  (await data(app.url, `{ user(id: "${userId}") { permissions isAdmin adminRole { role status } } }`, {}, admin)).user;

test('[scheduler-16] a user has at most one admin role, which is VIEWER and active unless something else is said', async () => {
  const { id } = await aUser(app, 'vera');

  const { result, changes } = await recording(app, () =>
    mutated(
      app,
      'setAdminRole',
      { userId: id },
      admin,
      'adminRole { id revision role status permissions approvalLimits user { username } }',
    ),
  );
  expect(result.adminRole).toEqual({
    id: expect.any(String),
    revision: 1,
    role: 'VIEWER',
    status: 'ACTIVE',
    permissions: [],
    approvalLimits: null,
    user: { username: 'vera' },
  });
  expect(changes).toMatchObject([{ action: 'identity.adminRole.created', target_id: result.adminRole.id, actor_username: 'admin' }]);

  const again = await mutated(app, 'setAdminRole', { userId: id, role: 'APPROVER' }, admin, 'adminRole { id revision role }');
  expect(again.adminRole).toEqual({ id: result.adminRole.id, revision: 2, role: 'APPROVER' });
  await expect(
    rowsOf(app, sql`insert into admin_roles (id, created_at, updated_at, user_id) values (gen_random_uuid(), now(), now(), ${id})`),
  ).rejects.toMatchObject({ constraint: 'admin_roles_user_id_unique' });
});

test('[cdsa-03] while it is active, an admin role adds the permissions of its role and its own to those of the user, at once', async () => {
  const ada = await signedIn(app, 'ada', ['viewer']);
  const mayRead = async () => (await graphql(app.url, '{ users { totalCount } }', {}, ada)).data.users.totalCount > 1;
  expect(await rights(ada.id)).toEqual({ permissions: permissionsOf('viewer'), isAdmin: false, adminRole: null });
  expect(await mayRead()).toBe(false);

  await mutated(app, 'setAdminRole', { userId: ada.id, role: 'APPROVER', permissions: ['user:read', 'setting:read'] }, admin);
  expect(await rights(ada.id)).toEqual({
    permissions: permissionsOf('approver', 'setting:read', 'user:read'),
    isAdmin: false,
    adminRole: { role: 'APPROVER', status: 'ACTIVE' },
  });
  await expect.poll(mayRead).toBe(true);

  await mutated(app, 'setAdminRole', { userId: ada.id, role: 'ADMIN' }, admin);
  expect(await rights(ada.id)).toMatchObject({ isAdmin: true, permissions: expect.arrayContaining(['user:delete', 'role:manage']) });

  await mutated(app, 'setAdminRole', { userId: ada.id, status: 'SUSPENDED' }, admin);
  expect(await rights(ada.id)).toEqual({
    permissions: permissionsOf('viewer'),
    isAdmin: false,
    adminRole: { role: 'ADMIN', status: 'SUSPENDED' },
  });
  await expect.poll(mayRead).toBe(false);
});

test('[scheduler-17] an admin role can be active, inactive or suspended, and nothing else', async () => {
  const { id } = await aUser(app, 'ines');
  for (const status of ['INACTIVE', 'SUSPENDED', 'ACTIVE']) {
    const { adminRole } = await mutated(app, 'setAdminRole', { userId: id, status }, admin, 'adminRole { status }');
    expect(adminRole).toEqual({ status });
  }
  expect((await mutate(app, 'setAdminRole', { userId: id, status: 'GONE' }, admin)).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
});

test('[scheduler-18] an admin role carries permissions and approval limits, which are checked', async () => {
  const { id } = await aUser(app, 'lena');
  const approvalLimits = { highestRisk: 'HIGH', kinds: ['TOOL_EXECUTION'], perDay: 20 };

  await mutated(app, 'setAdminRole', { userId: id, approvalLimits }, admin);
  const em = app.system.database.fork();
  expect(await approvalLimitsOf(em, id)).toEqual(approvalLimits);

  for (const [wrong, path] of [
    [{ highestRisk: 'HUGE' }, 'input.approvalLimits.highestRisk'],
    [{ perDay: -1 }, 'input.approvalLimits.perDay'],
    [{ kinds: ['no kind'] }, 'input.approvalLimits.kinds.0'],
    [{ perMonth: 3 }, 'input.approvalLimits.perMonth'],
  ] as const)
    expect(await refused(app, 'setAdminRole', { userId: id, approvalLimits: wrong }, admin)).toMatchObject({
      code: 'BAD_USER_INPUT',
      paths: [path],
    });
  expect(await refused(app, 'setAdminRole', { userId: id, permissions: ['no:such'] }, admin)).toMatchObject({
    paths: ['input.permissions'],
  });

  await mutated(app, 'setAdminRole', { userId: id, status: 'INACTIVE' }, admin);
  expect(await approvalLimitsOf(em, id)).toBe(null);
});

test('nobody gives by an admin role what they do not hold, changes their own, or that of a superuser', async () => {
  await aRole(app, 'assigner', ['role:assign', 'user:read', ...permissionsOf('viewer')]);
  const rita = await signedIn(app, 'rita', ['assigner']);
  const { id } = await aUser(app, 'other');
  const self = await refused(app, 'setAdminRole', { userId: rita.id, role: 'VIEWER' }, rita);
  expect(self).toMatchObject({ code: 'FORBIDDEN', message: 'Nobody changes their own admin role' });

  expect(await refused(app, 'setAdminRole', { userId: id, role: 'ADMIN' }, rita)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refused(app, 'setAdminRole', { userId: id, permissions: ['user:delete'] }, rita)).toMatchObject({ code: 'FORBIDDEN' });
  const [root] = await rowsOf<{ id: string }>(app, sql`select id from users where username = 'admin'`);
  expect(await refused(app, 'setAdminRole', { userId: root!.id }, rita)).toMatchObject({ code: 'FORBIDDEN' });
  await mutated(app, 'setAdminRole', { userId: id, role: 'VIEWER', permissions: ['role:assign'] }, rita);

  // What was prepared by somebody who may is not put in force by somebody who may not.
  await mutated(app, 'setAdminRole', { userId: id, role: 'ADMIN', status: 'SUSPENDED' }, admin);
  expect(await refused(app, 'setAdminRole', { userId: id, status: 'ACTIVE' }, rita)).toMatchObject({ code: 'FORBIDDEN' });
  const plain = await signedIn(app, 'plain', ['operator']);
  expect(await refused(app, 'setAdminRole', { userId: id }, plain)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refused(app, 'setAdminRole', { userId: id })).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a stale revision of an admin role is a conflict', async () => {
  const { id } = await aUser(app, 'stale');
  expect(await refused(app, 'setAdminRole', { userId: id, expectedRevision: 1 }, admin)).toMatchObject({ code: 'CONFLICT' });
  await mutated(app, 'setAdminRole', { userId: id }, admin);
  await mutated(app, 'setAdminRole', { userId: id, role: 'APPROVER', expectedRevision: 1 }, admin);

  expect(await refused(app, 'setAdminRole', { userId: id, role: 'ADMIN', expectedRevision: 1 }, admin)).toMatchObject({ code: 'CONFLICT' });
});

test('whoever may not see a user may not act for them either: an active admin role counts when a password is reset', async () => {
  await aRole(app, 'helper', ['user:read', 'user:update']);
  const hilda = await signedIn(app, 'hilda', ['helper']);
  const { id } = await aUser(app, 'strong');
  await mutated(app, 'setAdminRole', { userId: id, role: 'ADMIN' }, admin);

  expect(await refused(app, 'resetUserPassword', { id }, hilda)).toMatchObject({ code: 'FORBIDDEN' });

  await mutated(app, 'setAdminRole', { userId: id, status: 'INACTIVE' }, admin);
  await mutated(app, 'resetUserPassword', { id }, hilda);
});
