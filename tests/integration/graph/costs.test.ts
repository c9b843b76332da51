import { parse, type ExecutionResult } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { Executor } from '#core/graph/execute/executor.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { authHeaders, send, signIn } from '../../support/client.js';
import { contextsFor } from '../../support/contexts.js';
import { TestOutlet } from '../../support/outlet.js';
import { aJob } from '../../support/planted.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const limit = 2_000;
const app = await startTestApp({ ROLE: 'api', MAX_COST: String(limit) });
const admin = await signIn(app.url);
const schema = await graph.schema();

beforeAll(async () => {
  await aJob(app, null, { events: 3 });
});

const below = '{ nodes { id } }';
const costs: [name: string, query: string, variables: object, cost: number][] = [
  ['nothing but the name of the root', '{ __typename }', {}, 0],
  ['the caller', '{ me { id username } }', {}, 1],
  ['one object that is looked up', '{ user(username: "x") { id } }', {}, 1],
  ['the objects of a list', `{ users(first: 10) ${below} }`, {}, 11],
  ['the last objects of a list', `{ users(last: 10) ${below} }`, {}, 11],
  ['a list of no given size', `{ users ${below} }`, {}, 51],
  ['a list of size null', `{ users(first: null) ${below} }`, {}, 51],
  ['a list of size null from the start, and of a size from the end', `{ users(first: null, last: 3) ${below} }`, {}, 4],
  ['a list of size 0', `{ users(first: 0) ${below} }`, {}, 1],
  ['a list of a size below 0, which is refused later', `{ users(first: -5) ${below} }`, {}, 1],
  ['a list of a size in a variable', `query($n: Int) { users(first: $n) ${below} }`, { n: 7 }, 8],
  ['a list of a size in a variable that was not given', `query($n: Int) { users(first: $n) ${below} }`, {}, 51],
  ['a list of a size in a variable that has a default', `query($n: Int = 8) { users(first: $n) ${below} }`, {}, 9],
  ['a list of a size in a variable that is null', `query($n: Int = 8) { users(first: $n) ${below} }`, { n: null }, 51],
  [
    'a list of a size in a variable called as what every object has',
    `query($constructor: Int) { users(first: $constructor) ${below} }`,
    {},
    51,
  ],
  ['edges and their objects', '{ users(first: 10) { edges { cursor node { id } } } }', {}, 21],
  ['a count, which reads all of the list', '{ users(first: 10) { totalCount } }', {}, 6],
  ['where the page stands', '{ users(first: 10) { pageInfo { endCursor } } }', {}, 2],
  ['everything of a page', '{ users(first: 10) { totalCount pageInfo { endCursor } nodes { id } edges { node { id } } } }', {}, 37],
  ['what the objects of a list point at', '{ users(first: 10) { nodes { createdBy { createdBy { id } } } } }', {}, 31],
  ['a derived field of the objects of a list', '{ users(first: 10) { nodes { permissions } } }', {}, 21],
  ['a list below a list', `{ users(first: 10) { nodes { roles(first: 3) ${below} } } }`, {}, 51],
  ['a list below edges', `{ users(first: 5) { edges { node { roles(first: 2) ${below} } } } }`, {}, 26],
  [
    'a list below a list below a list',
    `{ users(first: 5) { nodes { roles(first: 4) { nodes { permissions(first: 3) ${below} } } } } }`,
    {},
    111,
  ],
  ['counts below a list', '{ users(first: 10) { nodes { jobs(first: 0) { totalCount } } } }', {}, 71],
  ['two lists beside one another', `{ users(first: 3) ${below} roles(first: 4) ${below} }`, {}, 9],
  ['a list twice, by two names', `{ a: users(first: 3) ${below} b: users(first: 4) ${below} }`, {}, 9],
  ['objects by their ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3],
  ['objects by one id without a list', '{ nodes(ids: "a") { id } }', {}, 1],
  ['objects by no ids', `{ nodes(ids: []) { ... on User { roles(first: 500) ${below} } } }`, {}, 0],
  ['objects by ids in a variable', 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b', 'c', 'd'] }, 4],
  ['objects by ids in the default of a variable', 'query($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }', {}, 2],
  ['objects by ids of which one is in a variable', 'query($id: ID!) { nodes(ids: [$id, "b", "c"]) { id } }', { id: 'a' }, 3],
  ['lists below objects by their ids', `{ nodes(ids: ["a", "b", "c"]) { id ... on Role { users(first: 5) ${below} } } }`, {}, 21],
  [
    'lists of several types',
    `{ node(id: "a") { ... on Role { users(first: 5) ${below} } ... on User { roles(first: 3) ${below} } } }`,
    {},
    11,
  ],
  ['what is skipped', `{ me { id } users(first: 10) @skip(if: true) ${below} }`, {}, 1],
  ['what is not skipped', `{ me { id } users(first: 10) @skip(if: false) ${below} }`, {}, 12],
  ['what is not included', `{ me { id } ... @include(if: false) { users(first: 10) ${below} } }`, {}, 1],
  ['what a variable skips', `query($no: Boolean!) { me { id } users(first: 10) @skip(if: $no) ${below} }`, { no: true }, 1],
  [
    'what a variable includes by its default',
    `query($yes: Boolean = true) { me { id } users(first: 10) @include(if: $yes) ${below} }`,
    {},
    12,
  ],
  [
    'what is included and skipped',
    `query($yes: Boolean!) { users(first: 10) @include(if: $yes) @skip(if: $yes) ${below} }`,
    { yes: true },
    0,
  ],
  ['a fragment that is skipped', `{ me { id } ...users @skip(if: true) } fragment users on Query { users(first: 10) ${below} }`, {}, 1],
  [
    'a fragment below lists of several sizes',
    '{ a: users(first: 2) { ...f } b: users(first: 3) { ...f } } fragment f on UserConnection { nodes { id } }',
    {},
    7,
  ],
  [
    'a fragment twice at one place, which is counted twice',
    '{ users(first: 2) { ...f ...f } } fragment f on UserConnection { nodes { id } }',
    {},
    5,
  ],
  [
    'fragments in one another',
    `{ ...a } fragment a on Query { users(first: 2) { ...b } } fragment b on UserConnection { nodes { ... on Node { ...c } } } fragment c on User { roles(first: 3) ${below} }`,
    {},
    11,
  ],
  ['a mutation', 'mutation { endAllSessions(input: { userId: "x" }) { endedCount cursor } }', {}, 10],
  ['a type that is looked up, a point for ten objects', '{ __type(name: "User") { fields { args { name } } } }', {}, 3],
  [
    'the schema, which has as many types as it has',
    '{ __schema { types { fields { name } } } }',
    {},
    Math.ceil((1 + 5 * Object.keys(schema.getTypeMap()).length) / 10),
  ],
];

test.each(costs)('the cost of %s', async (_, query, variables, cost) => {
  const { extensions } = await send(app.url, query, variables, admin);

  expect(extensions?.cost).toEqual({ requested: cost, limit });
});

test('the cost is the same when the operation is compiled', async () => {
  const executor = new Executor(schema, { mostCost: limit, showsStatements: false, log: app.system.log });
  const context = await contextsFor(app, admin);
  const document = parse(`query($n: Int, $yes: Boolean!) { users(first: $n) { nodes { roles(first: 3) @include(if: $yes) ${below} } } }`);

  const told = [];
  for (const [n, yes] of [
    [1, true],
    [1, true],
    [2, true],
    [2, false],
    [2, false],
    [undefined, true],
  ] as const)
    told.push((await executor.execute({ document, variables: { n, yes }, context: context() })).extensions);

  expect(told).toEqual([6, 6, 11, 3, 3, 251].map((requested) => ({ cost: { requested, limit } })));
});

const tooMuch = (requested: number) => ({
  message: `The operation may return too much: it costs ${requested} points, and ${limit} are allowed; ask for smaller pages`,
  extensions: { code: 'LIMIT_EXCEEDED', cost: { requested, limit } },
});

test('an operation may cost just as much as allowed, and not one point more', async () => {
  expect(
    await send(
      app.url,
      `{ a: users(first: 500) ${below} b: users(first: 500) ${below} c: users(first: 500) ${below} d: users(first: 496) ${below} }`,
      {},
      admin,
    ),
  ).toMatchObject({
    data: { a: { nodes: expect.any(Array) } },
    extensions: { cost: { requested: 2_000, limit } },
  });
  expect(
    await send(
      app.url,
      `{ a: users(first: 500) ${below} b: users(first: 500) ${below} c: users(first: 500) ${below} d: users(first: 497) ${below} }`,
      {},
      admin,
    ),
  ).toEqual({
    errors: [tooMuch(2_001)],
  });
});

test.each([
  ['in a literal', `{ users(first: 2147483647) ${below} }`, {}, 2_147_483_648],
  ['in a variable', `query($n: Int) { users(first: $n) ${below} }`, { n: 2_147_483_647 }, 2_147_483_648],
  [
    'below one another, past what a number holds',
    `query($n: Int) { users(first: $n) { nodes { roles(first: $n) { nodes { users(first: $n) ${below} } } } } }`,
    { n: 2_147_483_647 },
    Number.MAX_SAFE_INTEGER,
  ],
])('sizes that are huge %s are too costly', async (_, query, variables, requested) => {
  expect(await send(app.url, query, variables, admin)).toEqual({ errors: [tooMuch(requested)] });
});

/** Fragments of which each uses the next twice. */
const chain = (length: number, use: (next: string) => string, last: string): string =>
  Array.from({ length }, (_, i) => `fragment f${i} on User { ${i === length - 1 ? last : use(`...f${i + 1}`)} }`).join(' ');

test.each([
  ['below two fields', chain(20, (next) => `a: createdBy { ${next} } b: createdBy { ${next} }`, 'id'), 2 ** 20 - 1],
  ['below a list and its edges', chain(6, (next) => `createdUsers(first: 2) { nodes { ${next} } edges { node { ${next} } } }`, 'id'), null],
  ['at one place', chain(50, (next) => `${next} ${next}`, 'createdBy { id }'), 2 ** 49 + 1],
])('fragments in one another, twice each %s, are counted at once', async (_, fragments, cost) => {
  const started = performance.now();
  const { errors, extensions } = await send(app.url, `{ me { ...f0 } } ${fragments}`, {}, admin);

  expect(performance.now() - started).toBeLessThan(2_000);
  const requested = (errors?.[0]!.extensions as any)?.cost.requested ?? extensions!.cost.requested;
  expect([errors?.[0]!.extensions.code, requested]).toEqual(['LIMIT_EXCEEDED', cost ?? requested]);
});

const deep = 'jobs(first: 50) { nodes { events(first: 50) { nodes { id } } } }';

test('what is too costly runs no statement, be it a query, a mutation or a feed', async () => {
  const executor = new Executor(schema, { mostCost: 9, showsStatements: true, log: app.system.log });
  const contexts = await contextsFor(app, admin);
  const run = async (query: string): Promise<unknown[]> => {
    const [document, context] = [parse(query), contexts()];
    const request = { document, context };
    const answer = await (query.startsWith('subscription') ? executor.subscribe(request, new TestOutlet()) : executor.execute(request));
    return [(answer as ExecutionResult).errors?.map(({ extensions }) => extensions.code), context.work.statements];
  };

  expect([
    await run(`{ users(first: 9) ${below} }`),
    await run('mutation { signOut { isSignedOut } }'),
    await run('subscription { jobEvents(last: 1) { items { id } } }'),
    await run(`{ users(first: 8) ${below} }`),
  ]).toEqual([
    [['LIMIT_EXCEEDED'], 0],
    [['LIMIT_EXCEEDED'], 0],
    [['LIMIT_EXCEEDED'], 0],
    [undefined, 1],
  ]);
});

test('a mutation whose payload is too costly changes nothing and records nothing', async () => {
  const user = await signedIn(app, 'stays signed in');
  const revoking = `mutation($id: ID!) { revokeSession(input: { id: $id }) { session { user { ${deep} } } } }`;

  const { result, changes } = await recording(app, () => send(app.url, revoking, { id: user.sessionId }, admin));

  expect(result).toEqual({ errors: [tooMuch(2_613)] });
  expect(changes).toEqual([]);
  expect(await rowsOf(app, sql`select revoked_at from sessions where id = ${user.sessionId}`)).toEqual([{ revoked_at: null }]);
});

test('what is too costly is answered with status 400 over HTTP', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(admin) },
    body: JSON.stringify({ query: `{ ${deep} }` }),
  });

  expect([response.status, await response.json()]).toEqual([400, { errors: [tooMuch(2_601)] }]);
});

test('a query or a feed that is too costly is refused over a socket, which stays open', async () => {
  const socket = await TestSocket.connect(app.url, admin.token);
  const feed = `subscription { jobEvents(last: 1) { items { job { events(first: 500) ${below} } } } }`;

  expect(await socket.ask('1', `{ ${deep} }`)).toEqual({ id: '1', type: 'next', payload: { data: null, errors: [tooMuch(2_601)] } });
  expect(await socket.ask('2', feed)).toEqual({ id: '2', type: 'next', payload: { data: null, errors: [tooMuch(5_031)] } });
  await socket.message('the end of the feed', ({ id, type }) => id === '2' && type === 'complete');
  const page = await socket.ask('3', 'subscription { jobEvents(last: 1) { items { job { name } } } }');
  expect(page).toMatchObject({ type: 'next', payload: { data: { jobEvents: { items: [{ job: { name: 'planted.job' } }] } } } });
  await socket.end();
});
