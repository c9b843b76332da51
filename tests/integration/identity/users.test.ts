import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { aUser, signedIn } from '../../support/users.js';
import { useSignInLink } from '../../support/sign-in-link.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const password = 'a password of the new user';
const profile = {
  email: 'anna@example.org',
  fullName: 'Anna Ångström',
  discordId: '80351110224678912',
  defaultView: 'jobs',
  singleViewMode: true,
  metadata: { desk: 4, tags: ['a', 'b'] },
};
const fields =
  'id revision username email fullName discordId defaultView singleViewMode metadata isActive isSuperuser isVerified isAdmin passwordVersion createdByName createdBy { username } roles(orderBy: [{ field: SLUG }]) { nodes { slug } }';
const create = (input: object) => mutated(app, 'createUser', input, admin, `user { ${fields} } signInPath signInPathExpiresAt`);
const userRow = async (username: string) => (await rowsOf(app, sql`select * from users where username = ${username}`))[0]!;

test('a user is created with all that is said, by whom, and can sign in with the password', async () => {
  const { result, changes } = await recording(app, () =>
    create({ username: 'anna', password, isVerified: true, roles: ['operator', 'viewer'], ...profile }),
  );

  expect(result).toEqual({
    user: {
      id: expect.any(String),
      revision: 1,
      username: 'anna',
      ...profile,
      isActive: true,
      isSuperuser: false,
      isVerified: true,
      isAdmin: false,
      passwordVersion: 1,
      createdByName: 'admin',
      createdBy: { username: 'admin' },
      roles: { nodes: [{ slug: 'operator' }, { slug: 'viewer' }] },
    },
    signInPath: null,
    signInPathExpiresAt: null,
  });
  expect((await userRow('anna')).password_hash).toMatch(/^\$argon2id\$/);
  await signIn(app.url, 'anna', password);
  expect(changes.map(({ action, target_type, target_id }) => [action, target_type, target_id === result.user.id])).toEqual([
    ['identity.user.created', 'User', true],
    ['identity.roleAssignment.created', 'RoleAssignment', false],
    ['identity.roleAssignment.created', 'RoleAssignment', false],
  ]);
  expect(changes[0]!.after).toMatchObject({ username: 'anna', passwordHash: '[redacted]' });
  expect(JSON.stringify(changes)).not.toContain(password);
});

test('without a password there is a link, told once and stored as a hash, that signs the user in once', async () => {
  const { result, changes } = await recording(app, () => create({ username: 'bert' }));

  expect(result.signInPath).toMatch(/^\/sign-in\?token=[\w-]{43}$/);
  const token = String(result.signInPath).split('=')[1]!;
  const validFor = Date.parse(result.signInPathExpiresAt) - Date.now();
  expect(validFor).toBeGreaterThan(86_300_000);
  expect(validFor).toBeLessThanOrEqual(86_400_000);
  expect(JSON.stringify([changes, await rowsOf(app, sql`select * from sign_in_links`)])).not.toContain(token);
  const open = async () => {
    const response = await useSignInLink(`${app.url}${result.signInPath}`);
    return { status: response.status, cookie: /^signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie') ?? '')?.[1] };
  };
  const [first, second] = [await open(), await open()];
  expect([first.status, second.status]).toEqual([303, 401]);
  expect(await data(app.url, '{ me { username } }', {}, { cookie: first.cookie! })).toEqual({ me: { username: 'bert' } });
  expect(await userRow('bert')).toMatchObject({ password_hash: null });
});

test.each([
  ['no name', { username: '' }, ['input.username']],
  ['a name with blanks around it', { username: ' carl' }, ['input.username']],
  ['a name that ends with a blank', { username: 'carl ' }, ['input.username']],
  ['a name with a control character', { username: 'ca\u0007rl' }, ['input.username']],
  ['a name with a NUL character', { username: 'ca\0rl' }, ['input.username']],
  ['a name with a line feed', { username: 'ca\nrl' }, ['input.username']],
  ['a name with a character that cannot be seen', { username: 'ca\u200brl' }, ['input.username']],
  ['a name of 101 characters', { username: 'x'.repeat(101) }, ['input.username']],
  ['an email that is none', { email: 'carl' }, ['input.email']],
  ['an email with a blank', { email: 'carl @example.org' }, ['input.email']],
  ['an email that is too long', { email: `${'c'.repeat(250)}@example.org` }, ['input.email']],
  ['an empty email', { email: '' }, ['input.email']],
  ['a password of 11 characters', { password: 'x'.repeat(11) }, ['input.password']],
  ['a password of 257 characters', { password: 'x'.repeat(257) }, ['input.password']],
  ['a role that is not there', { roles: ['viewer', 'emperor', 'Viewer'] }, ['input.roles']],
  ['metadata that is no object', { metadata: ['a'] }, ['input.metadata']],
  ['metadata with a NUL character', { metadata: { a: '\0' } }, ['input.metadata']],
  ['metadata that is too large', { metadata: { a: 'x'.repeat(10_000) } }, ['input.metadata']],
  [
    'several faults',
    { username: '', email: 'x', password: 'x', roles: ['emperor'] },
    ['input.username', 'input.email', 'input.password', 'input.roles'],
  ],
])('%s is refused at its place', async (_case, more, paths) => {
  expect(await refused(app, 'createUser', { username: 'carl', password, ...more }, admin)).toMatchObject({ code: 'BAD_USER_INPUT', paths });
});

test('names of one and of a hundred characters are taken, also with letters of any language and blanks inside', async () => {
  for (const username of ['x', 'y'.repeat(100), 'Ду Ня', '渡辺'])
    expect((await create({ username, password })).user).toMatchObject({ username });
});

test('[toolbox-43] [toolbox-04] [scheduler-04] a taken name, address or Discord id is refused at its place, in creating and in updating; case counts', async () => {
  await create({ username: 'dora', password, email: 'dora@example.org', discordId: '1' });
  const { user } = await create({ username: 'Dora', password });

  for (const [given, path] of [
    [{ username: 'dora' }, 'username'],
    [{ email: 'dora@example.org' }, 'email'],
    [{ discordId: '1' }, 'discordId'],
  ] as const) {
    const taken = { code: 'CONFLICT', message: `Another one has this ${path} already`, paths: [`input.${path}`] };
    expect(await refused(app, 'createUser', { username: 'fresh', password, ...given }, admin)).toEqual(taken);
    expect(await refused(app, 'updateUser', { id: user.id, expectedRevision: 1, ...given }, admin)).toEqual(taken);
  }
});

test('of many who create one name at the same instant exactly one succeeds', async () => {
  const attempts = Array.from({ length: 6 }, () =>
    create({ username: 'contested' }).then(
      () => 'made',
      (error: Error) => error.message,
    ),
  );

  const outcomes = await Promise.all(attempts);

  expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.includes('CONFLICT'))).toHaveLength(5);
  expect(await rowsOf(app, sql`select 1 from users where username = 'contested'`)).toHaveLength(1);
});

test('a user is changed in what is given; null clears what may be empty', async () => {
  const { user } = await create({ username: 'emil', password, isVerified: true, ...profile, email: 'emil@example.org', discordId: '2' });
  const update = async (input: object) => (await mutated(app, 'updateUser', { id: user.id, ...input }, admin, `user { ${fields} }`)).user;

  const { result: renamed, changes } = await recording(app, () => update({ expectedRevision: 1, username: 'emil2', fullName: 'Emil' }));
  const cleared = await update({ expectedRevision: 2, email: null, fullName: null, discordId: null, defaultView: null, username: null });

  expect(renamed).toEqual({ ...user, revision: 2, username: 'emil2', fullName: 'Emil' });
  expect(cleared).toEqual({
    ...renamed,
    revision: 3,
    isVerified: false,
    email: null,
    fullName: null,
    discordId: null,
    defaultView: null,
  });
  expect(changes).toMatchObject([
    {
      action: 'identity.user.updated',
      target_id: user.id,
      before: { username: 'emil', fullName: 'Anna Ångström' },
      after: { username: 'emil2', fullName: 'Emil' },
    },
  ]);
  await signIn(app.url, 'emil2', password);
});

test('a new address counts as not confirmed, unless the change says otherwise', async () => {
  const { user } = await create({ username: 'fritz', password, isVerified: true, email: 'f@example.org' });
  const update = async (input: object) =>
    (await mutated(app, 'updateUser', { id: user.id, ...input }, admin, 'user { email isVerified }')).user;

  expect(await update({ expectedRevision: 1, email: 'f@example.org' })).toEqual({ email: 'f@example.org', isVerified: true });
  expect(await update({ expectedRevision: 1, email: 'g@example.org' })).toEqual({ email: 'g@example.org', isVerified: false });
  expect(await update({ expectedRevision: 2, email: 'h@example.org', isVerified: true })).toEqual({
    email: 'h@example.org',
    isVerified: true,
  });
});

test('a stale revision is a conflict and changes nothing', async () => {
  const { user } = await create({ username: 'gisa', password });
  await mutated(app, 'updateUser', { id: user.id, expectedRevision: 1, fullName: 'Gisa' }, admin);

  expect(await refused(app, 'updateUser', { id: user.id, expectedRevision: 1, fullName: 'other' }, admin)).toMatchObject({
    code: 'CONFLICT',
  });
});

test('everybody changes their own profile, and nothing else of themselves', async () => {
  const user = await signedIn(app, 'hans', [], { isVerified: true, email: 'hans@example.org' });
  const own = { ...profile, metadata: undefined, email: 'other@example.org', discordId: '3' };

  const { result, changes } = await recording(app, () =>
    mutated(
      app,
      'updateProfile',
      { expectedRevision: 1, ...own },
      user,
      'user { id email fullName discordId defaultView singleViewMode isVerified revision }',
    ),
  );

  const { metadata: _, ...shown } = own;
  expect(result.user).toEqual({ id: user.id, ...shown, isVerified: false, revision: 2 });
  expect(changes).toMatchObject([{ action: 'identity.profile.updated', actor_id: user.id, target_id: user.id }]);
  expect(await refused(app, 'updateProfile', { expectedRevision: 1, fullName: 'x' }, user)).toMatchObject({ code: 'CONFLICT' });
  expect(await refused(app, 'updateProfile', { expectedRevision: 2, email: 'x' }, user)).toMatchObject({ paths: ['input.email'] });
  expect(await refused(app, 'updateProfile', { expectedRevision: 1 })).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('[cdsa-04] [cdsa-05] a user shows whether they hold one permission and whether they have one role', async () => {
  const operator = await aUser(app, 'ilse', ['operator']);
  const root = await aUser(app, 'jan', [], { isSuperuser: true });
  const administrator = await aUser(app, 'karl', ['admin']);

  const shown = await data(
    app.url,
    `query($ids: [ID!]!) { users(filter: { id: { in: $ids } }, orderBy: [{ field: USERNAME }]) { nodes { username isAdmin
      may: hasPermission(resource: "job", action: "cancel") mayNot: hasPermission(resource: "user", action: "delete")
      is: hasRole(slug: "operator") isNot: hasRole(slug: "Operator") } } }`,
    { ids: [operator.id, root.id, administrator.id] },
    admin,
  );

  expect(shown.users.nodes).toEqual([
    { username: 'ilse', isAdmin: false, may: true, mayNot: false, is: true, isNot: false },
    { username: 'jan', isAdmin: true, may: true, mayNot: true, is: false, isNot: false },
    { username: 'karl', isAdmin: true, may: true, mayNot: true, is: false, isNot: false },
  ]);
});
