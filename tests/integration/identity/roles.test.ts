import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const fields = 'id revision slug name description permissions(orderBy: [{ field: NAME }]) { nodes { name } }';
const held = (...names: string[]) => ({ nodes: names.map((name) => ({ name })) });
const roleOf = async (slug: string) =>
  (await data(app.url, `query($slug: String!) { role(slug: $slug) { ${fields} } }`, { slug }, admin)).role;

test('a role is created with what it holds, and each permission is recorded', async () => {
  const input = { slug: 'auditor', name: 'Auditor', description: 'Looks', permissions: ['user:read', 'job:read', 'job:read'] };

  const { result, changes } = await recording(app, () => mutated(app, 'createRole', input, admin, `role { ${fields} }`));

  expect(result.role).toMatchObject({
    revision: 1,
    slug: 'auditor',
    name: 'Auditor',
    description: 'Looks',
    permissions: held('job:read', 'user:read'),
  });
  expect(changes.map(({ action, target_type }) => [action, target_type])).toEqual([
    ['identity.role.created', 'Role'],
    ['identity.rolePermission.granted', null],
    ['identity.rolePermission.granted', null],
  ]);
  expect(changes[1]!.after).toMatchObject({ role: result.role.id });
});

test.each([
  ['no slug', { slug: '' }, ['input.slug']],
  ['a slug with a blank', { slug: 'a b' }, ['input.slug']],
  ['a slug that begins with a dash', { slug: '-a' }, ['input.slug']],
  ['the slug by which the audit trail tells superusers', { slug: 'superuser' }, ['input.slug']],
  ['a slug of 51 characters', { slug: 'x'.repeat(51) }, ['input.slug']],
  ['no name', { name: '' }, ['input.name']],
  ['a name with a control character', { name: 'a\tb' }, ['input.name']],
  ['a description that is too long', { description: 'x'.repeat(1001) }, ['input.description']],
  ['permissions that are not there', { permissions: ['job:read', 'job:fly'] }, ['input.permissions']],
  ['several faults', { slug: '', name: '', permissions: ['x'] }, ['input.slug', 'input.name', 'input.permissions']],
])('%s is refused at its place', async (_case, more, paths) => {
  expect(await refused(app, 'createRole', { slug: 'wrong', name: 'wrong', ...more }, admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths,
  });
});

test('[toolbox-44] a taken slug is refused at its place; another case is another slug', async () => {
  await mutated(app, 'createRole', { slug: 'nurse', name: 'Nurse' }, admin);
  await mutated(app, 'createRole', { slug: 'Nurse', name: 'Nurse' }, admin);

  expect(await refused(app, 'createRole', { slug: 'nurse', name: 'other' }, admin)).toEqual({
    code: 'CONFLICT',
    message: 'Another one has this slug already',
    paths: ['input.slug'],
  });
});

test('a role is changed in what is given; its permissions are replaced, and each difference is recorded', async () => {
  const { id } = await aRole(app, 'changing', ['job:read', 'job:enqueue']);
  const update = (input: object) => mutated(app, 'updateRole', { id, ...input }, admin, `role { ${fields} }`);

  const { result: first, changes } = await recording(app, () => update({ expectedRevision: 1, permissions: ['job:read', 'job:cancel'] }));
  const second = await update({ expectedRevision: 2, name: 'Changed', description: 'new' });
  const third = await update({ expectedRevision: 3, description: null, permissions: [] });
  const same = await update({ expectedRevision: 4, permissions: [] });

  expect(first.role).toMatchObject({ revision: 2, permissions: held('job:cancel', 'job:read') });
  expect(changes.map(({ action }) => action)).toEqual([
    'identity.role.updated',
    'identity.rolePermission.granted',
    'identity.rolePermission.revoked',
  ]);
  expect(second.role).toMatchObject({ revision: 3, name: 'Changed', description: 'new', permissions: held('job:cancel', 'job:read') });
  expect(third.role).toMatchObject({ revision: 4, name: 'Changed', description: null, permissions: held() });
  expect(same.role).toMatchObject({ revision: 4, permissions: held() });
  expect(await refused(app, 'updateRole', { id, expectedRevision: 3, name: 'late' }, admin)).toMatchObject({ code: 'CONFLICT' });
  expect(await refused(app, 'updateRole', { id, expectedRevision: 4, name: ' x', permissions: ['y'] }, admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.name', 'input.permissions'],
  });
});

test('single permissions are granted and revoked, also by many at the same instant', async () => {
  const { id } = await aRole(app, 'busy', ['job:read']);
  const names = ['job:cancel', 'job:enqueue', 'job:retry', 'user:read', 'file:read'];

  await Promise.all(names.map((permission) => mutated(app, 'grantPermission', { roleId: id, permission }, admin)));
  const granted = await roleOf('busy');
  await Promise.all(names.map((permission) => mutated(app, 'revokePermission', { roleId: id, permission }, admin)));

  expect(granted).toMatchObject({ revision: 6, permissions: held(...[...names, 'job:read'].sort()) });
  expect(await roleOf('busy')).toMatchObject({ revision: 11, permissions: held('job:read') });
  expect(await refused(app, 'grantPermission', { roleId: id, permission: 'job:read' }, admin)).toEqual({
    code: 'CONFLICT',
    message: 'The role holds job:read already',
    paths: ['input.permission'],
  });
  expect(await refused(app, 'revokePermission', { roleId: id, permission: 'job:cancel' }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  expect(await refused(app, 'grantPermission', { roleId: id, permission: 'job:fly' }, admin)).toMatchObject({
    paths: ['input.permission'],
  });
  expect(await refused(app, 'grantPermission', { roleId: 'x', permission: 'job:read' }, admin)).toMatchObject({ code: 'NOT_FOUND' });
});

test('the role admin is neither deleted nor does it lose a permission', async () => {
  const { id, revision, permissions } = await roleOf('admin');
  const names: string[] = permissions.nodes.map(({ name }: { name: string }) => name);

  expect(await refused(app, 'deleteRole', { id }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'The role admin cannot be deleted',
  });
  for (const kept of [[], names.slice(1)])
    expect(await refused(app, 'updateRole', { id, expectedRevision: revision, permissions: kept }, admin)).toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
  expect(await refused(app, 'revokePermission', { roleId: id, permission: 'job:read' }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  await mutated(app, 'updateRole', { id, expectedRevision: revision, name: 'Boss', permissions: names }, admin);
  expect((await roleOf('admin')).name).toBe('Boss');
});

test('a deleted role is gone from everybody; one of those that every installation has comes back at the next start, unused', async () => {
  const user = await aUser(app, 'viewing', ['viewer', 'operator']);
  const { id } = await roleOf('viewer');

  const { result, changes } = await recording(app, () => mutated(app, 'deleteRole', { id }, admin, 'id'));
  const roles = await data(app.url, 'query($id: ID!) { user(id: $id) { roles { nodes { slug } } permissions } }', { id: user.id }, admin);
  const again = await startTestApp({ ROLE: 'api', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });
  await again.stop();

  expect(result).toEqual({ id });
  expect(changes).toMatchObject([{ action: 'identity.role.deleted', target_id: id, before: { slug: 'viewer' } }]);
  expect(roles.user.roles.nodes).toEqual([{ slug: 'operator' }]);
  const back = await roleOf('viewer');
  expect(back).toMatchObject({ permissions: held('job:read', 'tool:read') });
  expect(back.id).not.toBe(id);
  expect(await rowsOf(app, sql`select 1 from role_assignments where role_id = ${back.id}`)).toEqual([]);
});

test('[toolbox-07] a role is given with its time and taken away; twice is refused', async () => {
  const user = await aUser(app, 'assigned');
  const input = { userId: user.id, role: 'operator' };

  const given = await recording(app, () =>
    mutated(app, 'assignRole', input, admin, 'roleAssignment { assignedAt user { id } role { slug } }'),
  );
  const twice = await refused(app, 'assignRole', input, admin);
  const taken = await recording(app, () => mutated(app, 'removeRole', input, admin, 'user { roles { totalCount } }'));

  const { assignedAt, ...assignment } = given.result.roleAssignment;
  expect(assignment).toEqual({ user: { id: user.id }, role: { slug: 'operator' } });
  expect(Math.abs(Date.now() - Date.parse(assignedAt))).toBeLessThan(60_000);
  expect(given.changes).toMatchObject([{ action: 'identity.roleAssignment.created', after: { user: user.id } }]);
  expect(twice).toEqual({ code: 'CONFLICT', message: 'assigned has the role operator already', paths: ['input.role'] });
  expect(taken.result).toEqual({ user: { roles: { totalCount: 0 } } });
  expect(taken.changes).toMatchObject([{ action: 'identity.roleAssignment.deleted', before: { user: user.id } }]);
  expect(await refused(app, 'removeRole', input, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
  expect(await refused(app, 'assignRole', { ...input, role: 'emperor' }, admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.role'],
  });
});

test('of many who give one role at the same instant exactly one succeeds', async () => {
  const user = await aUser(app, 'popular');

  const answers = await Promise.all(
    Array.from({ length: 6 }, () => mutate(app, 'assignRole', { userId: user.id, role: 'operator' }, admin)),
  );

  expect(answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? [])).toEqual(
    Array.from({ length: 5 }, () => 'CONFLICT'),
  );
  expect(await rowsOf(app, sql`select 1 from role_assignments where user_id = ${user.id}`)).toHaveLength(1);
});
