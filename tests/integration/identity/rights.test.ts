import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { signIn, type Auth } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole, permissionsOf } from '../../support/roles.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const superuser = await signIn(app.url);
const password = 'a password for somebody else';
type Known = Auth & { id?: string };
const actors: Record<string, Known> = { superuser, nobody: {} };
let serial = 0;

/** What each actor has besides user:read. */
const rights: Record<string, string[]> = {
  creator: ['user:create'],
  updater: ['user:update'],
  deleter: ['user:delete'],
  roleMaker: ['role:manage'],
  assigner: ['role:assign'],
  // Sees users, as all of them do, and may do nothing.
  reader: [],
};

beforeAll(async () => {
  for (const [name, permissions] of Object.entries(rights)) {
    await aRole(app, name, ['user:read', ...permissions]);
    actors[name] = await signedIn(app, name, [name]);
  }
  await aRole(app, 'blind', ['user:create', 'user:update', 'user:delete', 'role:assign']);
  actors.blind = await signedIn(app, 'blind', ['blind']);
  actors.administrator = await signedIn(app, 'administrator', ['admin']);
});

const aVictim = async (roles: string[] = [], values: object = {}) => aUser(app, `victim ${++serial}`, roles, values);
const anEmptyRole = async () => aRole(app, `role-${++serial}`, []);

/** One input that would be right for each mutation, whoever asks. */
const inputs: Record<string, () => Promise<object>> = {
  createUser: async () => ({ username: `made ${++serial}`, password }),
  updateUser: async () => ({ id: (await aVictim()).id, expectedRevision: 1, fullName: 'changed' }),
  deactivateUser: async () => ({ id: (await aVictim()).id }),
  activateUser: async () => ({ id: (await aVictim([], { isActive: false })).id }),
  resetUserPassword: async () => ({ id: (await aVictim()).id, newPassword: password }),
  deleteUser: async () => aVictim().then(({ id, username }) => ({ id, username })),
  createRole: async () => ({ slug: `role-${++serial}`, name: 'a role' }),
  updateRole: async () => ({ id: (await anEmptyRole()).id, expectedRevision: 1, name: 'changed' }),
  deleteRole: async () => ({ id: (await anEmptyRole()).id }),
  grantPermission: async () => ({ roleId: (await anEmptyRole()).id, permission: 'user:read' }),
  revokePermission: async () => ({ roleId: (await aRole(app, `role-${++serial}`, ['user:read'])).id, permission: 'user:read' }),
  assignRole: async () => ({ userId: (await aVictim()).id, role: (await anEmptyRole()).slug }),
  removeRole: async () => ({ userId: (await aVictim(['viewer'])).id, role: 'viewer' }),
};

const may: Record<string, string[]> = {
  creator: ['createUser'],
  updater: ['updateUser', 'deactivateUser', 'activateUser', 'resetUserPassword'],
  deleter: ['deleteUser'],
  roleMaker: ['createRole', 'updateRole', 'deleteRole', 'grantPermission', 'revokePermission'],
  assigner: ['assignRole', 'removeRole'],
  reader: [],
  nobody: [],
  superuser: Object.keys(inputs),
  administrator: Object.keys(inputs),
};
const cases = Object.keys(may).flatMap((actor) =>
  Object.keys(inputs).map((mutation) => ({ actor, mutation, allowed: may[actor]!.includes(mutation) })),
);

test.each(cases.filter(({ allowed }) => allowed))('$mutation is allowed to the $actor', async ({ actor, mutation }) => {
  const { errors } = await mutate(app, mutation, await inputs[mutation]!(), actors[actor]);

  expect(errors).toBeUndefined();
});

test.each(cases.filter(({ allowed }) => !allowed))('$mutation is refused to the $actor', async ({ actor, mutation }) => {
  const { code } = await refused(app, mutation, await inputs[mutation]!(), actors[actor]);

  expect(code).toBe(actor === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN');
});

test.each(['updateUser', 'deactivateUser', 'activateUser', 'resetUserPassword', 'deleteUser', 'assignRole', 'removeRole'])(
  '%s answers whoever may not see users as if there were none, also for one who is there',
  async (mutation) => {
    const input = (await inputs[mutation]!()) as { id?: string; userId?: string };
    const id = (input.id ?? input.userId)!;
    const missing = `${id.slice(0, -4)}0000`;

    const there = await refused(app, mutation, input, actors.blind);
    const nowhere = await refused(app, mutation, { ...input, ...('id' in input ? { id: missing } : { userId: missing }) }, actors.blind);

    expect(there).toEqual({ code: 'NOT_FOUND', paths: undefined, message: `User ${id} was not found` });
    expect(nowhere).toEqual({ code: 'NOT_FOUND', paths: undefined, message: `User ${missing} was not found` });
    expect(await refused(app, mutation, { ...input, ...('id' in input ? { id: 'x' } : { userId: 'x' }) }, superuser)).toMatchObject({
      code: 'NOT_FOUND',
    });
  },
);

const toSuperusers: Record<string, (root: { id: string; username: string }) => object> = {
  'createUser, as a superuser': () => ({ username: `made ${++serial}`, password, isSuperuser: true }),
  'updateUser, to no superuser': ({ id }) => ({ id, expectedRevision: 1, isSuperuser: false }),
  'updateUser, with a new address': ({ id }) => ({ id, expectedRevision: 1, email: `taken-${++serial}@example.org` }),
  deactivateUser: ({ id }) => ({ id }),
  'resetUserPassword, by a password': ({ id }) => ({ id, newPassword: password }),
  'resetUserPassword, by a link': ({ id }) => ({ id }),
  deleteUser: ({ id, username }) => ({ id, username }),
  assignRole: ({ id }) => ({ userId: id, role: 'operator' }),
  removeRole: ({ id }) => ({ userId: id, role: 'viewer' }),
};

test.each(Object.keys(toSuperusers))('%s: only a superuser does that with a superuser', async (name) => {
  const [mutation] = name.split(',') as [string];
  const root = await aVictim(['viewer'], { isSuperuser: true });
  const input = toSuperusers[name]!(root);

  expect(await refused(app, mutation, input, actors.administrator)).toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringMatching(/^Only a superuser /),
  });
  expect((await mutate(app, mutation, input, superuser)).errors).toBeUndefined();
});

test('only a superuser makes a superuser of somebody, also of themselves', async () => {
  const { administrator } = actors;
  for (const { id } of [administrator!, await aVictim()])
    expect(await refused(app, 'updateUser', { id, expectedRevision: 1, isSuperuser: true }, administrator)).toMatchObject({
      code: 'FORBIDDEN',
      message: 'Only a superuser makes and unmakes superusers',
    });
});

test('nobody gives a role, or puts a permission into one, that they do not hold themselves', async () => {
  await aRole(app, 'staff', ['user:read', 'user:create', 'role:manage', 'role:assign', ...permissionsOf('viewer')]);
  const clerk = await signedIn(app, 'clerk', ['staff']);
  const victim = await aVictim();
  const own = await aRole(app, 'own', ['job:read']);
  const jobCancel = { code: 'FORBIDDEN', message: 'Nobody gives what they do not hold themselves: job:cancel' };

  expect(await refused(app, 'assignRole', { userId: clerk.id, role: 'admin' }, clerk)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refused(app, 'assignRole', { userId: victim.id, role: 'operator' }, clerk)).toMatchObject({
    code: 'FORBIDDEN',
    message: `Nobody gives what they do not hold themselves: ${permissionsOf('operator')
      .filter((permission) => !permissionsOf('viewer').includes(permission))
      .join(', ')}`,
  });
  expect(await refused(app, 'createUser', { username: 'puppet', password, roles: ['viewer', 'admin'] }, clerk)).toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await refused(app, 'createRole', { slug: 'mine', name: 'mine', permissions: ['job:read', 'job:cancel'] }, clerk)).toMatchObject(
    jobCancel,
  );
  expect(
    await refused(app, 'updateRole', { id: own.id, expectedRevision: 1, permissions: ['job:read', 'job:cancel'] }, clerk),
  ).toMatchObject(jobCancel);
  expect(await refused(app, 'grantPermission', { roleId: own.id, permission: 'job:cancel' }, clerk)).toMatchObject(jobCancel);

  await mutated(app, 'assignRole', { userId: victim.id, role: 'viewer' }, clerk);
  await mutated(app, 'createUser', { username: 'colleague', password, roles: ['staff'] }, clerk);
  await mutated(app, 'createRole', { slug: 'mine', name: 'mine', permissions: ['job:read'] }, clerk);
});

test('to create a user with roles takes role:assign as well', async () => {
  expect(await refused(app, 'createUser', { username: 'with role', password, roles: ['creator'] }, actors.creator)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'This needs the permission role:assign',
  });
});

test('nobody sets the password of somebody who may do more, and nobody their own', async () => {
  const operator = await aVictim(['operator']);
  const equal = await aVictim(['updater']);

  for (const newPassword of [password, null])
    expect(await refused(app, 'resetUserPassword', { id: operator.id, newPassword }, actors.updater)).toMatchObject({ code: 'FORBIDDEN' });
  expect((await mutate(app, 'resetUserPassword', { id: equal.id }, actors.updater)).errors).toBeUndefined();
  for (const own of [actors.updater!, { ...superuser, id: (await rowsOf(app, sql`select id from users where username = 'admin'`))[0]!.id }])
    expect(await refused(app, 'resetUserPassword', { id: own.id, newPassword: password }, own)).toEqual({
      code: 'PRECONDITION_FAILED',
      paths: undefined,
      message: 'Change your own password with changePassword',
    });
});

test('a right that is taken away is gone for what comes next, whichever way it went', async () => {
  await aRole(app, 'temporary', ['user:read', 'user:create']);
  const roleId = (await rowsOf(app, sql`select id from roles where slug = 'temporary'`))[0]!.id;
  const user = await signedIn(app, 'temp', ['temporary']);
  const create = () => mutate(app, 'createUser', { username: `by temp ${++serial}`, password }, user);
  expect((await create()).errors).toBeUndefined();

  await mutated(app, 'revokePermission', { roleId, permission: 'user:create' }, superuser);
  expect((await create()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await mutated(app, 'grantPermission', { roleId, permission: 'user:create' }, superuser);
  expect((await create()).errors).toBeUndefined();
  await mutated(app, 'removeRole', { userId: user.id, role: 'temporary' }, superuser);
  expect((await create()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await mutated(app, 'assignRole', { userId: user.id, role: 'temporary' }, superuser);
  expect((await create()).errors).toBeUndefined();
  await mutated(app, 'deleteRole', { id: roleId }, superuser);
  expect((await create()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
