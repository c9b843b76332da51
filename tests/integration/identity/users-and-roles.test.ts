import { ref, UniqueConstraintViolationException } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { rightsStream } from '#core/policy/actor.js';
import { Session } from '#domains/identity/sessions/session.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { aRole, permissionsOf } from '../../support/roles.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const insertUser = (username: string | null, email: string | null) =>
  rowsOf(
    app,
    sql`insert into users (id, created_at, updated_at, username, email) values (gen_random_uuid(), now(), now(), ${username}, ${email})`,
  );

test('[toolbox-04] username and email are unique, each for itself', async () => {
  await aUser(app, 'first', [], { email: 'first@example.org' });

  await expect(insertUser('first', 'other@example.org')).rejects.toMatchObject({ constraint: 'users_username_unique' });
  await expect(insertUser('other', 'first@example.org')).rejects.toMatchObject({ constraint: 'users_email_unique' });
  await expect(aUser(app, 'first')).rejects.toThrow(UniqueConstraintViolationException);
  expect(await rowsOf(app, sql`select username from users where username in ('first', 'other')`)).toEqual([{ username: 'first' }]);
});

test('a username is required, an email is not, and any number of users may have none', async () => {
  await aUser(app, 'without email');
  await aUser(app, 'also without email');

  await expect(insertUser(null, 'some@example.org')).rejects.toMatchObject({ code: '23502', column: 'username' });
  expect(
    await data(app.url, '{ users(filter: { username: { in: ["without email", "also without email"] } }) { nodes { email } } }', {}, admin),
  ).toEqual({ users: { nodes: [{ email: null }, { email: null }] } });
});

test('[toolbox-43] usernames are told apart by case, at sign-in and when they are looked up, and are unique across all users', async () => {
  const [lower, upper] = [await signedIn(app, 'casey'), await signedIn(app, 'Casey')];

  const found = await data(
    app.url,
    '{ lower: user(username: "casey") { id } upper: user(username: "Casey") { id } neither: user(username: "CASEY") { id } }',
    {},
    admin,
  );

  expect(found).toEqual({ lower: { id: lower.id }, upper: { id: upper.id }, neither: null });
  await expect(insertUser('Casey', null)).rejects.toMatchObject({ constraint: 'users_username_unique' });
  const wrong = await graphql(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { cursor } }', {
    input: { username: 'CASEY', password: 'a password of a test user' },
  });
  expect(wrong.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('[toolbox-44] role slugs are told apart by case and are unique across all roles', async () => {
  const [lower, upper] = [await aRole(app, 'auditor', []), await aRole(app, 'Auditor', [])];

  const found = await data(
    app.url,
    '{ lower: role(slug: "auditor") { id } upper: role(slug: "Auditor") { id } neither: role(slug: "AUDITOR") { id } }',
    {},
    admin,
  );

  expect(found).toEqual({ lower: { id: lower.id }, upper: { id: upper.id }, neither: null });
  await expect(aRole(app, 'auditor', [])).rejects.toThrow(UniqueConstraintViolationException);
});

test('[toolbox-07] users and roles are many-to-many, and each assignment has its time', async () => {
  const one = await aUser(app, 'one', ['viewer', 'operator']);
  const two = await aUser(app, 'two', ['viewer']);
  const assignedAt = '2026-01-02T03:04:05.678Z';
  await rowsOf(app, sql`update role_assignments set assigned_at = ${assignedAt} where user_id = ${one.id}`);

  const shown = await data(
    app.url,
    `query($one: ID!) {
      user(id: $one) { roles(orderBy: [{ field: SLUG }]) { nodes { slug } } roleAssignments { nodes { assignedAt user { id } } } }
      role(slug: "viewer") { users(orderBy: [{ field: USERNAME }]) { nodes { username } } assignments { nodes { user { username } } } } }`,
    { one: one.id },
    admin,
  );

  expect(shown.user.roles.nodes).toEqual([{ slug: 'operator' }, { slug: 'viewer' }]);
  expect(shown.user.roleAssignments.nodes).toEqual([
    { assignedAt, user: { id: one.id } },
    { assignedAt, user: { id: one.id } },
  ]);
  expect(shown.role.users.nodes).toEqual([{ username: 'one' }, { username: 'two' }]);
  expect(shown.role.assignments.nodes.map((each: any) => each.user.username).sort()).toEqual(['one', 'two']);
  await expect(
    rowsOf(
      app,
      sql`insert into role_assignments (id, user_id, role_id, assigned_at)
      select gen_random_uuid(), user_id, role_id, now() from role_assignments where user_id = ${two.id}`,
    ),
  ).rejects.toMatchObject({ constraint: 'role_assignments_user_id_role_id_unique' });
});

test('[cdsa-52] what a user may do follows from the permissions of the roles, per resource and action', async () => {
  await aRole(app, 'job-reader', ['job:read']);
  await aRole(app, 'job-starter', ['job:enqueue', 'job:read']);
  const user = await signedIn(app, 'rbac', ['job-reader', 'job-starter']);
  const reader = await signedIn(app, 'rbac reader', ['job-reader']);
  const enqueue = (token: string) => graphql(app.url, 'mutation { enqueueJob(input: { name: "no.such" }) { cursor } }', {}, { token });

  const { me } = await data(
    app.url,
    '{ me { permissions roles(orderBy: [{ field: SLUG }]) { nodes { slug permissions(orderBy: [{ field: NAME }]) { nodes { name resource action } } } } } }',
    {},
    user,
  );

  const [read, start] = [
    { name: 'job:read', resource: 'job', action: 'read' },
    { name: 'job:enqueue', resource: 'job', action: 'enqueue' },
  ];
  expect(me).toEqual({
    permissions: ['job:enqueue', 'job:read'],
    roles: {
      nodes: [
        { slug: 'job-reader', permissions: { nodes: [read] } },
        { slug: 'job-starter', permissions: { nodes: [start, read] } },
      ],
    },
  });
  // The right is there: what is refused is the name of the operation.
  expect((await enqueue(user.token!)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths: ['input.name'] } }]);
  const { result, changes } = await recording(app, () => enqueue(reader.token!));
  expect(result.errors).toMatchObject([{ message: 'This needs the permission job:enqueue', extensions: { code: 'FORBIDDEN' } }]);
  expect(changes).toMatchObject([{ action: 'enqueueJob.denied', outcome: 'DENIED', actor_username: 'rbac reader' }]);
  expect(await data(app.url, '{ users { totalCount } }', {}, reader)).toEqual({ users: { totalCount: 1 } });
});

test('a role that is taken away takes its rights away, and one that is given gives them', async () => {
  const user = await signedIn(app, 'changing', ['viewer']);
  const read = async () => (await data(app.url, '{ me { permissions } workers { totalCount } }', {}, user)).me.permissions;
  expect(await read()).toEqual(permissionsOf('viewer'));

  await rowsOf(app, sql`update role_assignments set role_id = (select id from roles where slug = 'operator') where user_id = ${user.id}`);
  app.system.bell.ring(rightsStream);

  expect(await read()).toEqual(permissionsOf('operator'));
});

test('[cdsa-53] a superuser passes every permission check without any role', async () => {
  const superuser = await signedIn(app, 'super', [], { isSuperuser: true });
  const plain = await signedIn(app, 'plain');
  const victim = await signedIn(app, 'victim');
  const act = (token: string) =>
    graphql(
      app.url,
      `
        mutation ($session: ID!) {
          enqueueJob(input: { name: "no.such" }) {
            cursor
          }
          revokeSession(input: { id: $session }) {
            cursor
          }
        }
      `,
      { session: victim.sessionId },
      { token },
    );
  const codes = async (token: string) => (await act(token)).errors?.map(({ extensions }) => extensions.code) ?? [];

  expect(await codes(plain.token!)).toEqual(['FORBIDDEN']);
  expect(await codes(superuser.token!)).toEqual(['BAD_USER_INPUT']);
  expect((await data(app.url, '{ me { permissions } sessions(first: 0) { totalCount } }', {}, superuser)).me.permissions).toEqual([]);
  const { revokeSession } = await data(
    app.url,
    'mutation($session: ID!) { revokeSession(input: { id: $session }) { session { isActive user { username } } } }',
    { session: victim.sessionId },
    superuser,
  );
  expect(revokeSession).toEqual({ session: { isActive: false, user: { username: 'victim' } } });
});

test('[taylordash-23] a user refers to who created the account, and shows whether it is active, since when, and the last sign-in', async () => {
  const creator = await aUser(app, 'creator');
  const created = await aUser(app, 'created', [], { createdBy: ref(creator), isActive: false });
  const lastLoginAt = '2026-02-03T04:05:06.789Z';
  await rowsOf(app, sql`update users set last_login_at = ${lastLoginAt} where id = ${created.id}`);

  const shown = await data(
    app.url,
    `query($id: ID!, $by: ID!) {
      user(id: $id) { isActive createdAt lastLoginAt createdBy { username createdBy { id } } }
      creator: user(id: $by) { createdUsers { nodes { username } } } }`,
    { id: created.id, by: creator.id },
    admin,
  );

  expect(shown).toEqual({
    user: {
      isActive: false,
      createdAt: created.createdAt.toISOString(),
      lastLoginAt,
      createdBy: { username: 'creator', createdBy: null },
    },
    creator: { createdUsers: { nodes: [{ username: 'created' }] } },
  });
  await rowsOf(app, sql`delete from users where id = ${creator.id}`);
  expect(await data(app.url, 'query($id: ID!) { user(id: $id) { username createdBy { id } } }', { id: created.id }, admin)).toEqual({
    user: { username: 'created', createdBy: null },
  });
});

test('[toolbox-42] users and sessions mirror their rows without hashes, and no hash can be selected, filtered or ordered by', async () => {
  const hidden = {
    User: ['hasProvenEmail', 'mustVerify', 'passwordHash'],
    Session: ['refreshTokenHash', 'previousTokenHash', 'tokenRotatedAt', 'cookieHash'],
  };
  for (const entity of [User, Session]) {
    const { name, fields } = declarationOf(entity);
    const { __type } = await data(app.url, 'query($name: String!) { __type(name: $name) { fields { name } } }', { name });
    const shown = new Set(__type.fields.map((field: { name: string }) => field.name));
    expect([...fields.keys()].filter((field) => !shown.has(field))).toEqual(hidden[name as 'User' | 'Session']);
  }

  const attempts = [
    '{ me { passwordHash } }',
    '{ sessions { nodes { refreshTokenHash } } }',
    '{ sessions { nodes { cookieHash } } }',
    '{ users(filter: { passwordHash: { startsWith: "$" } }) { totalCount } }',
    '{ sessions(filter: { refreshTokenHash: { startsWith: "a" } }) { totalCount } }',
    '{ sessions(filter: { previousTokenHash: { startsWith: "a" } }) { totalCount } }',
    '{ users(orderBy: [{ field: PASSWORD_HASH }]) { totalCount } }',
    '{ signInLinks { totalCount } }',
    '{ signingKeys { totalCount } }',
  ];
  for (const query of attempts) {
    const answer = await graphql(app.url, query, {}, admin);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(answer.data).toBeUndefined();
  }
});
