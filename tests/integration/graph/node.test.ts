import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { aRow } from '../../support/planted.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const types = graph.declared
  .filter((entity) => declarationOf(entity).name)
  .map((entity) => ({ entity, name: declarationOf(entity).name! }));
/** Types whose rows whoever is signed in sees; a type that joins them is a decision. */
const seenByAll = ['GlobalConfig', 'Permission', 'Role', 'Toolkit'];
const planted = new Map<string, string>();
let stranger: Auth;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  for (const { entity, name } of types) planted.set(name, await aRow(app, entity, name === 'Setting' ? { isFeatureFlag: false } : {}));
});

const node = (id: string, auth: Auth = {}) => graphql(app.url, 'query($id: ID!) { node(id: $id) { __typename id } }', { id }, auth);
const nodes = async (ids: string[], auth: Auth) =>
  (await data(app.url, 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids }, auth)).nodes;

test('every type that implements Node is one that is tested here', async () => {
  const { __type } = await data(app.url, '{ __type(name: "Node") { possibleTypes { name } } }');

  expect(types.map(({ name }) => name).sort()).toEqual(__type.possibleTypes.map((type: { name: string }) => type.name).sort());
});

test.each(types)('node finds a $name by its id, and hides it from whoever may not see it', async ({ name }) => {
  const id = planted.get(name)!;

  expect(await node(id, admin)).toEqual({ data: { node: { __typename: name, id } } });
  expect(await node(id, stranger)).toEqual({ data: { node: seenByAll.includes(name) ? { __typename: name, id } : null } });
  expect(await node(id)).toMatchObject({ data: { node: null }, errors: [{ path: ['node'], extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('nodes finds objects of all types at once, in the order asked for, the same one twice', async () => {
  const ids = [...planted.values(), planted.get('User')!];

  expect(await nodes(ids, admin)).toEqual([
    ...[...planted].map(([__typename, id]) => ({ __typename, id })),
    { __typename: 'User', id: planted.get('User') },
  ]);
  expect(await nodes(ids, stranger)).toEqual([
    ...[...planted].map(([__typename, id]) => (seenByAll.includes(__typename) ? { __typename, id } : null)),
    null,
  ]);
});

test('the fields of a found object are those of its own type, read with all its relations', async () => {
  const { nodes: found } = await data(
    app.url,
    `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { username roles { nodes { slug } } } ... on Session { isActive user { username } } } }`,
    { ids: [(await data(app.url, '{ me { id } }', {}, admin)).me.id, admin.sessionId] },
    admin,
  );

  expect(found).toMatchObject([
    { username: 'admin', roles: { nodes: [{ slug: 'admin' }] } },
    { isActive: true, user: { username: 'admin' } },
  ]);
});

test.each([
  '',
  'x',
  '0',
  '01a1fc72-0000-7002-8000-00000000000',
  '01a1fc72-0000-7002-8000-0000000000000',
  "' or 1=1 --",
  'null',
  'User:1',
  '01a1fc72\u0000',
])('the malformed id %j finds nothing, in node, nodes and lookups', async (id) => {
  expect(await node(id, admin)).toEqual({ data: { node: null } });
  expect(await nodes([id, planted.get('Role')!], admin)).toEqual([null, { __typename: 'Role', id: planted.get('Role') }]);
  const lookups = await data(
    app.url,
    'query($id: ID!) { user(id: $id) { id } session(id: $id) { id } upload(id: $id) { id } job(id: $id) { id } }',
    { id },
    admin,
  );
  expect(lookups).toEqual({ user: null, session: null, upload: null, job: null });
});

test('an id that nothing has finds nothing, whatever type it names', async () => {
  const missing = [...types.map(({ entity }) => newId(declarationOf(entity).type)), newId(4095), randomUUID()];

  expect(await nodes(missing, admin)).toEqual(missing.map(() => null));
});

test('an id in capitals is no id of anything, in node as in a lookup', async () => {
  const id = planted.get('User')!.toUpperCase();

  expect(await data(app.url, 'query($id: ID!) { node(id: $id) { id } user(id: $id) { id } }', { id }, admin)).toEqual({
    node: null,
    user: null,
  });
});

test('an id that was brought in from elsewhere finds its object, unless it is of a log', async () => {
  const [userId, lineId] = [randomUUID(), randomUUID()];
  await rowsOf(app, sql`insert into users (id, created_at, updated_at, username) values (${userId}, now(), now(), 'brought in')`);
  await rowsOf(app, sql`update job_log_lines set id = ${lineId} where id = ${planted.get('JobLogLine')!}`);

  expect(await nodes([userId, lineId], admin)).toEqual([{ __typename: 'User', id: userId }, null]);
});

test('nodes takes at most 100 ids', async () => {
  const ask = (count: number) =>
    graphql(app.url, 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: count }, () => 'x') }, admin);

  expect((await ask(100)).data.nodes).toHaveLength(100);
  expect((await ask(101)).errors).toMatchObject([
    { message: 'ids takes at most 100', path: ['nodes'], extensions: { code: 'BAD_USER_INPUT', paths: ['ids'] } },
  ]);
  expect((await ask(0)).data).toEqual({ nodes: [] });
});
