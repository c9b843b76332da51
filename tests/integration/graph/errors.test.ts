import { readFile } from 'node:fs/promises';
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLObjectType } from 'graphql';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { sql } from '#core/database/sql.js';
import { AppError, errorCodes } from '#core/errors/app-error.js';
import type { GraphContext } from '#core/graph/context.js';
import { serialized } from '#core/graph/serialized.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Answer, type Auth } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const schema = await graph.schema();
const ids: Record<string, string> = {};

beforeAll(async () => {
  ids.job = (await aJob(app, null, { events: 2 })).id;
});

type Errors = NonNullable<Answer['errors']>;

/** The errors that HTTP answers; a socket must answer the same. */
async function errorsOf(query: string, variables: object = {}, auth: Auth = admin): Promise<Errors> {
  const { errors = [] } = await graphql(app.url, query, variables, auth);
  const socket = await TestSocket.connect(app.url, auth.token);
  const { payload } = await socket.ask('1', query, variables);
  await socket.end();
  expect(Array.isArray(payload) ? payload : payload.errors).toEqual(errors);
  return errors;
}

const pathsOf = (errors: Errors): string[] => errors.flatMap(({ extensions }) => extensions.paths ?? []);

test('variables of wrong types name every place where they are wrong, at once', async () => {
  const query = `query($first: Int!, $filter: UserFilter, $ids: [ID!]!, $order: [UserOrder!], $yes: Boolean!, $constructor: String!) {
    users(first: $first, filter: $filter, orderBy: $order, after: $constructor) { totalCount @include(if: $yes) } nodes(ids: $ids) { id }
  }`;
  const errors = await errorsOf(query, {
    first: 'ten',
    filter: {
      username: { eq: 5, in: ['a', 1, null] },
      and: [{ isActive: { eq: 'yes' } }, { not: { email: { like: '%' } } }],
      nope: true,
    },
    ids: ['a', {}, null],
    order: [{ field: 'USERNAME' }, { field: 'PASSWORD' }, {}],
    yes: null,
  });

  expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
  expect(pathsOf(errors)).toEqual([
    'first',
    'filter.username.eq',
    'filter.username.in.1',
    'filter.username.in.2',
    'filter.and.0.isActive.eq',
    'filter.and.1.not.email.like',
    'filter.nope',
    'ids.1',
    'ids.2',
    'order.1.field',
    'order.2.field',
    'yes',
    'constructor',
  ]);
  expect(errors.map(({ locations }) => (locations![0] as { column: number }).column)).toEqual([
    7,
    ...Array.from({ length: 6 }, () => 21),
    42,
    42,
    56,
    56,
    78,
    94,
  ]);
});

test('what is wrong with variables is told without what was given, which may be a secret', async () => {
  const query = 'mutation($input: CreateSecretInput!) { createSecret(input: $input) { cursor } }';
  const wrong = { value: ['s3cr3t'], type: 's3cr3t', isRotatable: 's3cr3t', rotationDays: 's3cr3t', expiresAt: 's3cr3t', nope: 's3cr3t' };
  const errors = await errorsOf(query, { input: wrong });

  expect(errors.map(({ message }) => message.replace('Variable "$input" got an invalid value', '…')).sort()).toEqual([
    '… at "input.expiresAt"; The value is none of its type.',
    '… at "input.isRotatable"; Boolean cannot represent a non boolean value.',
    '… at "input.rotationDays"; Int cannot represent non-integer value.',
    '… at "input.type"; The value does not exist in "SecretType" enum.',
    '… at "input.value"; String cannot represent a non string value.',
    '…; Field "name" of required type "String!" was not provided.',
    '…; Field "nope" is not defined by type "CreateSecretInput". Did you mean "name" or "type"?',
  ]);
});

test('of very many wrong variables the first fifty are named, and that there are more', async () => {
  const errors = await errorsOf('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: 60 }, () => ({})) });

  expect(pathsOf(errors)).toEqual(Array.from({ length: 50 }, (_, i) => `ids.${i}`));
  expect(errors.at(-1)).toEqual({
    message: 'Too many errors processing variables, error limit reached. Execution aborted.',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

test('a field of an input whose name is a sentence is named as it is', async () => {
  const name = 'a" is not defined by type "b';

  expect(pathsOf(await errorsOf('query($f: UserFilter) { users(filter: $f) { totalCount } }', { f: { [name]: 1 } }))).toEqual([
    `f.${name}`,
  ]);
});

test.each<[name: string, args: string, paths: string[]]>([
  [
    'operands of a filter',
    '(filter: { id: { eq: "x" }, username: { eq: null, in: ["a"] }, or: [{ email: null }, { not: { id: { in: ["y"] } } }] })',
    ['filter.id.eq', 'filter.username.eq', 'filter.or.0.email', 'filter.or.1.not.id.in'],
  ],
  [
    'everything that a list takes',
    '(first: -1, last: 501, after: "x", before: "y", filter: { id: { ne: "z" } })',
    ['first', 'last', 'filter.id.ne', 'after', 'before'],
  ],
])('%s name every place where they are wrong, in one error', async (_, args, paths) => {
  const errors = await errorsOf(`{ users${args} { totalCount nodes { id } } }`);

  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ path: ['users'], extensions: { code: 'BAD_USER_INPUT' } });
  expect(pathsOf(errors).sort()).toEqual([...paths].sort());
});

test('what a mutation takes names every place where it is wrong, in one error, and whatever else is wrong is told later', async () => {
  const query = 'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor } }';
  const input = { name: 'n'.repeat(201), priority: 101, idempotencyKey: 'k'.repeat(201) };

  expect(await errorsOf(query, { input })).toEqual([
    {
      message:
        'input.name: name must be shorter than or equal to 200 characters; input.priority: priority must not be greater than 100; input.idempotencyKey: idempotencyKey must be shorter than or equal to 200 characters',
      path: ['enqueueJob'],
      locations: [{ line: 1, column: 38 }],
      extensions: { code: 'BAD_USER_INPUT', paths: ['input.name', 'input.priority', 'input.idempotencyKey'] },
    },
  ]);
  expect(pathsOf(await errorsOf(query, { input: { name: 5, priority: 1.5, nope: 1 } }))).toEqual([
    'input.name',
    'input.priority',
    'input.nope',
  ]);
  expect(pathsOf(await errorsOf(query, { input: { priority: null } }))).toEqual(['input.name', 'input.priority']);
});

test.each<[name: string, query: string, variables: object, error: object]>([
  [
    'a variable that is null where an argument takes none',
    'query($ids: [ID!] = ["x"]) { nodes(ids: $ids) { id } }',
    { ids: null },
    { message: 'Argument "ids" of non-null type "[ID!]!" must not be null.', path: ['nodes'], locations: [{ line: 1, column: 41 }] },
  ],
  [
    'a variable that is null where a field of an input takes none',
    'query($d: OrderDirection) { users(orderBy: [{ field: USERNAME, direction: $d }]) { totalCount } }',
    { d: null },
    {
      message: 'Argument "orderBy" has invalid value [{field: USERNAME, direction: $d}].',
      path: ['users'],
      locations: [{ line: 1, column: 44 }],
    },
  ],
  [
    'a variable that is null in a condition',
    'query($yes: Boolean = true) { me { id @include(if: $yes) } }',
    { yes: null },
    { message: 'Argument "if" of non-null type "Boolean!" must not be null.', path: ['me'], locations: [{ line: 1, column: 52 }] },
  ],
])('%s is bad input', async (_, query, variables, error) => {
  expect(await errorsOf(query, variables)).toEqual([{ ...error, extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the documents tell of the closed list of codes, all of it and nothing else', async () => {
  const text = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, status, means]) => [
    code,
    { status: Number(status), means },
  ]);
  expect(Object.fromEntries(rows)).toEqual(errorCodes);
});

const refused: [code: keyof typeof errorCodes, query: string, variables: () => object, auth: () => Auth][] = [
  ['UNAUTHENTICATED', '{ users { totalCount } }', () => ({}), () => ({})],
  ['FORBIDDEN', 'mutation { enqueueJob(input: { name: "x" }) { cursor } }', () => ({}), () => ids as Auth],
  ['NOT_FOUND', 'mutation($id: ID!) { cancelJob(input: { id: $id }) { cursor } }', () => ({ id: 'x' }), () => admin],
  ['NOT_FOUND', 'subscription($id: ID!) { jobLogs(jobId: $id) { cursor } }', () => ({ id: 'x' }), () => admin],
  ['BAD_USER_INPUT', '{ users { nope } }', () => ({}), () => admin],
  ['BAD_USER_INPUT', '{ users(', () => ({}), () => admin],
  ['BAD_USER_INPUT', '{ user { id } }', () => ({}), () => admin],
  ['CONFLICT', 'mutation { endAllSessions(input: {}) { cursor } }', () => ({}), () => admin],
  ['PRECONDITION_FAILED', 'mutation($id: ID!) { cancelJob(input: { id: $id }) { cursor } }', () => ({ id: ids.done }), () => admin],
  ['LIMIT_EXCEEDED', '{ users(first: 2000000) { nodes { id } } }', () => ({}), () => admin],
  ['INTERNAL', 'mutation { signOut { cursor } }', () => ({}), () => admin],
];

test.each(refused)('%s is the code of %s', async (code, query, variables, auth) => {
  const errcode = { CONFLICT: '23505', INTERNAL: 'XX000' }[code as string];
  if (errcode) await failUpdates(errcode);
  if (code === 'FORBIDDEN') Object.assign(ids, await signedIn(app, 'may nothing'));
  if (code === 'PRECONDITION_FAILED') ids.done = (await aJob(app, null, { status: 'SUCCEEDED' })).id;

  const socket = await TestSocket.connect(app.url, auth().token);
  const { payload } = await socket.ask('1', query, variables());
  await socket.end();
  const errors: Errors = Array.isArray(payload) ? payload : payload.errors;
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
});

/** Makes every update of a session fail in the database until the test is over. */
async function failUpdates(errcode: string): Promise<void> {
  const text = sql.raw(`'${errcode}'`);
  await rowsOf(
    app,
    sql`create function fail() returns trigger language plpgsql as $$ begin raise exception 'secret text' using errcode = ${text}; end $$`,
  );
  await rowsOf(app, sql`create trigger fail before update on sessions for each row execute function fail()`);
  onTestFinished(async () => {
    await rowsOf(app, sql`drop trigger fail on sessions`);
    await rowsOf(app, sql`drop function fail`);
  });
}

test('the codes that tests provoke are all of the list but those that nothing in this version answers', () => {
  const never = ['APPROVAL_REQUIRED', 'RATE_LIMITED'];

  expect([...new Set([...refused.map(([code]) => code), ...never])].sort()).toEqual(Object.keys(errorCodes).sort());
});

/** Asks until the operation is compiled, or not at all; then asks once more when something has happened, and tells what is logged of that. */
async function askAfter(
  happens: () => unknown,
  query: string,
  isCompiled: boolean,
): Promise<{ answer: Answer; logged: { errorId: string; err: Error }[] }> {
  for (let n = 0; isCompiled && n < 2; n++) await data(app.url, query, {}, admin);
  await happens();
  const log = vi.spyOn(app.system.log, 'error');
  onTestFinished(() => log.mockRestore());
  const answer = await graphql(app.url, query, {}, admin);
  return { answer, logged: log.mock.calls.map(([line]) => line as unknown as { errorId: string; err: Error }) };
}

/** Puts a resolver in the place of another until the test is over; it does what the other does until it is told to fail. */
function plant(place: string, resolve: GraphQLFieldResolver<unknown, GraphContext>): () => void {
  const [typeName, fieldName] = place.split('.') as [string, string];
  const field = (schema.getType(typeName) as GraphQLObjectType<unknown, GraphContext>).getFields()[fieldName]!;
  const own = field.resolve;
  let fails = false;
  field.resolve = serialized(field.type, (source, args, context, info) =>
    (fails ? resolve : (own ?? defaultFieldResolver))(source, args as never, context, info),
  );
  onTestFinished(() => void (own ? (field.resolve = own) : delete field.resolve));
  return () => void (fails = true);
}

const ways = [
  { way: 'interpreted', isCompiled: false },
  { way: 'compiled', isCompiled: true },
];

test.each(ways)(
  'a fault of the server shows only an id, which finds its one line in the log, when the operation is $way',
  async ({ way, isCompiled }) => {
    const query = `{ ${way}: me { username } list: uploads { nodes { id } } }`;
    const breaks = async () => {
      await rowsOf(app, sql`alter table uploads rename to secret_table`);
      onTestFinished(async () => void (await rowsOf(app, sql`alter table secret_table rename to uploads`)));
    };

    const { answer, logged } = await askAfter(breaks, query, isCompiled);

    const { errorId } = answer.errors![0]!.extensions;
    expect(answer).toEqual({
      data: null,
      errors: [
        {
          message: `Something went wrong on the server; the log has it as ${errorId}`,
          path: ['list'],
          locations: [{ line: 1, column: 1 + query.indexOf('list') }],
          extensions: { code: 'INTERNAL', errorId: expect.stringMatching(/^[\da-f-]{36}$/) },
        },
      ],
    });
    expect(logged).toEqual([{ errorId, err: expect.objectContaining({ message: expect.stringContaining('"uploads"') }) }]);
  },
);

const wrong: [name: string, place: string, value: unknown, message: string][] = [
  ['null for a field that is not null', 'User.username', null, 'Cannot return null for non-nullable field User.username.'],
  ['a text for a number', 'User.revision', 'a secret', 'Int cannot represent non-integer value: "a secret"'],
  ['what is no value of an enum', 'Job.status', 'a secret', 'Enum "JobStatus" cannot represent value: "a secret"'],
  ['no list for a list', 'UserConnection.nodes', 5, 'Expected Iterable, but did not find one for field "UserConnection.nodes".'],
  [
    'an object of no type',
    'Query.node',
    { secret: 1 },
    'Abstract type "Node" must resolve to an Object type at runtime for field "Query.node".',
  ],
  ['an error', 'User.username', new Error('a secret'), 'a secret'],
];

test.each(ways.flatMap((way) => wrong.map(([name, place, value, message]) => ({ ...way, name, place, value, message }))))(
  'a resolver that returns $name is a fault of the server, of which nothing is told, when the operation is $way',
  async ({ way, isCompiled, place, value, message }) => {
    const fail = plant(place, () => value);
    const query = `{ me { username revision } users(first: 1) { nodes { id } } node(id: "${ids.job}") { id } job(id: "${ids.job}") { status } }`;

    const { answer, logged } = await askAfter(fail, `${query} # ${place} ${String(value)} ${way}`, isCompiled);

    const { errorId } = answer.errors![0]!.extensions;
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL', errorId } }]);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(logged).toEqual([{ errorId, err: expect.objectContaining({ message: expect.stringContaining(message) }) }]);
  },
);

test.each(ways)(
  'an error stands at its place in the answer and names all its places in the document, when the operation is $way',
  async ({ way, isCompiled }) => {
    const fail = plant('JobEvent.message', (event) => {
      if ((event as { seq: number }).seq === 2) throw new AppError('PRECONDITION_FAILED', 'not this one');
      return 'fine';
    });
    const query = `query ${way} {
  one: job(id: "${ids.job}") {
    list: events {
      edges { node { text: message } }
      ...events
    }
  }
}
fragment events on JobEventConnection { edges { node { ... on JobEvent { text: message } } } nodes { seq } }`;

    const { answer, logged } = await askAfter(fail, query, isCompiled);

    expect(answer).toEqual({
      data: { one: { list: { edges: [{ node: { text: 'fine' } }, { node: { text: null } }], nodes: [{ seq: 1 }, { seq: 2 }] } } },
      errors: [
        {
          message: 'not this one',
          path: ['one', 'list', 'edges', 1, 'node', 'text'],
          locations: [
            { line: 4, column: 22 },
            { line: 9, column: 74 },
          ],
          extensions: { code: 'PRECONDITION_FAILED' },
        },
      ],
    });
    expect(logged).toEqual([]);
  },
);
