import {
  defaultFieldResolver,
  execute,
  GraphQLError,
  isObjectType,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { compile } from '#core/graph/execute/compile.js';
import { coerceVariables } from '#core/graph/execute/coerce-variables.js';
import { Executor } from '#core/graph/execute/executor.js';
import { obstacle } from '#core/graph/execute/obstacle.js';
import { plainOperation } from '#core/graph/execute/plain-operation.js';
import type { GraphContext } from '#core/graph/context.js';
import { publicError } from '#core/graph/public-error.js';
import { domains, graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn } from '../../support/client.js';
import { contextsFor } from '../../support/contexts.js';
import { plantFaults } from '../../support/faults.js';
import { freeze } from '../../support/frozen.js';
import { makeOperation, type MadeOperation, type Pools } from '../../support/operations.js';
import { TestOutlet } from '../../support/outlet.js';
import { aJob, anUpload } from '../../support/planted.js';
import { aUser, signedIn } from '../../support/users.js';
import { withoutValue } from '../../support/without-value.js';

const app = await startTestApp({ ROLE: 'api' });
const schema = await graph.schema();
const contexts: Record<string, () => GraphContext> = {};
const planted = { user: '', job: '' };
let pools: Pools;

beforeAll(async () => {
  const admin = await signIn(app.url);
  const plain = await signedIn(app, 'plain');
  const other = await aUser(app, 'other "quoted" \\ ünïcode', ['viewer', 'operator'], { email: 'other@example.org' });
  const ids = [plain.id, other.id];
  for (const owner of [plain.id, other.id, null])
    for (let i = 0; i < 2; i++) {
      const job = await aJob(app, owner, { events: 2, lines: 2, parameters: { toJSON: i }, queuedAt: new Date(i) });
      ids.push(job.id, (await anUpload(app, owner)).id);
    }
  Object.assign(planted, { user: other.id, job: ids[2] });
  const { users, jobEvents, ...lists } = await data(
    app.url,
    `{ users { edges { cursor node { id } } } jobEvents(first: 2) { edges { cursor node { id } } }
      roles { nodes { id } } roleAssignments { nodes { id } } sessions { nodes { id } } }`,
    {},
    admin,
  );
  const edges = [...users.edges, ...jobEvents.edges];
  for (const { id } of [...edges.map(({ node }) => node), ...Object.values<any>(lists).flatMap(({ nodes }) => nodes)]) ids.push(id);
  pools = {
    ids: [...ids, ...ids, newId(1), 'x', ''],
    cursors: [...edges.map(({ cursor }) => cursor), '', 'no cursor'],
    texts: ['admin', 'plain', 'o', 'other "quoted" \\ ünïcode', '', '%', '\n', '`${1}`', '\u2028', `${mark}1+1`, 'planted'],
    typeNames: Object.keys(schema.getTypeMap()),
  };
  contexts.administrator = await contextsFor(app, admin);
  contexts.plain = await contextsFor(app, plain);
  contexts.anonymous = await contextsFor(app);
  // Between the two answers that are compared nothing may change.
  await freeze(app);
});

/** What graphql-jit puts before a time that it writes into code. */
const mark = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';

/** What is told of an operation that was run in both ways. */
interface Comparison {
  interpreted: ExecutionResult;
  /** Null when the compiled operation left the answer to graphql-js, or there is none. */
  compiled: ExecutionResult | null;
  /** Why it was not compiled; null when it was. */
  refusal: string | null;
  /** Whether an argument or condition is wrong with the given variables, maybe where it does not matter. */
  isWrong: boolean;
}

const operationOf = (document: DocumentNode, name?: string) =>
  document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === 'OperationDefinition' && (name === undefined || each.name?.value === name),
  )!;

/** Runs a valid operation in both ways, each with a reader of its own; both must give the same, fields in the same order. */
async function compare(
  document: DocumentNode,
  given: MadeOperation['variables'],
  context: () => GraphContext,
  name?: string,
): Promise<Comparison> {
  const operation = operationOf(document, name);
  const { values = {}, errors } = coerceVariables(schema, operation, given);
  const args = { schema, document, operationName: operation.name?.value, variableValues: given };
  const interpreted = await execute({ ...args, contextValue: context() } as never);
  if (errors) {
    expect(interpreted.errors?.map(({ message }) => withoutValue(message))).toEqual(errors.map(({ message }) => withoutValue(message)));
    return { interpreted, compiled: null, refusal: 'variables', isWrong: true };
  }

  const plain = plainOperation(schema, document, operation, values);
  const run = compile(schema, document, operation, values);
  const refusal = run ? null : plain ? obstacle(schema, plain.document, plain.operation) : 'conditions';
  const own = context();
  const compiled = run && (await inTime(run(undefined, own, values)));
  // As the executor does: with the reader that has been used.
  const answer = compiled ?? (await execute({ ...args, contextValue: own } as never));
  expectSame(answer, interpreted);
  return { interpreted, compiled, refusal, isWrong: plain?.values(values) == null };
}

/** An answer as text, with its errors by their places. */
const told = ({ data, errors = [] }: ExecutionResult) => ({
  data: JSON.stringify(data),
  errors: new Map(errors.map((error) => [JSON.stringify(error.path), toldOf(error)])),
});

function toldOf(error: GraphQLError): object {
  const { extensions: { errorId, ...extensions } = {}, ...formatted } = publicError(error.toJSON(), error, app.system.log);
  return { ...formatted, message: error.message, extensions, hasId: errorId !== undefined, ...detailsOf(error) };
}

/** Two answers must be the same, but of several errors below one place, which is null for the first of them, any may be missing. */
function expectSame(actual: ExecutionResult, expected: ExecutionResult): void {
  const [one, other] = [told(actual), told(expected)];
  expect(one.data).toBe(other.data);
  for (const [path, error] of one.errors) if (other.errors.has(path)) expect(error).toEqual(other.errors.get(path));
  expect(placesOf(actual)).toEqual(placesOf(expected));
}

/** Where errors have left nulls. */
const placesOf = ({ data, errors = [] }: ExecutionResult): string[] => {
  const places = errors.map(({ path }) => {
    let [value, depth]: [any, number] = [data, 0];
    while (path && value !== null && depth < path.length) value = value[path[depth++]!];
    return JSON.stringify(path?.slice(0, depth));
  });
  return [...new Set(places)].sort();
};

const detailsOf = ({ extensions, originalError }: GraphQLError) => ({
  own: JSON.stringify(extensions),
  original: originalError && [originalError.constructor.name, originalError.message],
});

async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(reject, 10_000, new Error('the compiled operation does not end'))));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** What came of many made-up operations. */
interface Tally {
  compared: number;
  compiled: number;
  answered: number;
  failed: number;
  leftInVain: number;
  codes: Set<string>;
  refusals: Map<string, number>;
}

const firstSeed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
process.stdout.write(`the seed of this run is ${firstSeed}; TEST_SEED=${firstSeed} repeats it\n`);

/** Makes up operations until so many valid ones were compared; several run at once, so that the database need not be waited for. */
async function compareMany(count: number, context: () => GraphContext, seed = firstSeed): Promise<Tally> {
  const tally: Tally = { compared: 0, compiled: 0, answered: 0, failed: 0, leftInVain: 0, codes: new Set(), refusals: new Map() };
  let next = seed;
  const one = async (): Promise<void> => {
    const own = next++;
    const { query, variables } = makeOperation(schema, pools, own);
    const document = parse(query);
    if (validate(schema, document).length > 0) return;
    try {
      const { interpreted, compiled, refusal, isWrong } = await compare(
        document,
        variables,
        context,
        /query Made/.exec(query) ? 'Made' : undefined,
      );
      tally.compared += 1;
      if (refusal === null) tally.compiled += 1;
      else tally.refusals.set(refusal, (tally.refusals.get(refusal) ?? 0) + 1);
      if (compiled) tally.answered += 1;
      if (interpreted.errors) tally.failed += 1;
      else if (refusal === null && !compiled && !isWrong) tally.leftInVain += 1;
      for (const error of interpreted.errors ?? [])
        tally.codes.add(publicError(error.toJSON(), error, app.system.log).extensions!.code as string);
    } catch (error) {
      throw new Error(`TEST_SEED=${own}: ${query}\nwith ${JSON.stringify(variables)}`, { cause: error });
    }
  };
  while (tally.compared < count) await Promise.all(Array.from({ length: 10 }, one));
  return tally;
}

const known = ['paths', 'size', 'proto', 'conditions', 'variables'];

test.each([
  { who: 'administrator', count: 1_100 },
  { who: 'plain', count: 600 },
])('$count made-up operations of the $who user give compiled what they give interpreted', { timeout: 120_000 }, async ({ who, count }) => {
  const tally = await compareMany(count, contexts[who]!);

  expect(tally.compiled / tally.compared).toBeGreaterThan(0.75);
  expect(tally.answered / tally.compared).toBeGreaterThan(0.5);
  expect(tally.failed / tally.compared).toBeGreaterThan(0.1);
  expect(tally.leftInVain).toBe(0);
  expect([...tally.refusals.keys()].filter((refusal) => !known.includes(refusal))).toEqual([]);
  // The plain user lacks permissions, and there are no versions of tools to compare.
  expect([...tally.codes].filter((code) => code !== 'NOT_FOUND' && (code !== 'FORBIDDEN' || who !== 'plain'))).toEqual(['BAD_USER_INPUT']);
});

test('so do those of somebody who is not signed in', async () => {
  const { codes, failed, leftInVain } = await compareMany(200, contexts.anonymous!);

  expect([failed > 100, leftInVain]).toEqual([true, 0]);
  expect([...codes].sort()).toEqual(['BAD_USER_INPUT', 'UNAUTHENTICATED']);
});

test('so do those over resolvers that fail in every way, at every depth, and none waits for ever', { timeout: 120_000 }, async () => {
  letRejectionsBe();
  let [failed, answered] = [0, 0];
  for (let plan = 0; plan < 10; plan++) {
    const restore = plantFaults(schema, firstSeed + plan);
    try {
      const tally = await compareMany(60, contexts.administrator!, firstSeed + plan * 1_000);
      failed += tally.failed;
      answered += tally.answered;
    } finally {
      restore();
    }
  }

  expect([failed > 150, answered > 100]).toEqual([true, true]);
});

// Beside an item of a list that throws, graphql-js leaves the promises of other items alone.
function letRejectionsBe(): void {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => {});
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const each of listeners) process.on('unhandledRejection', each);
  });
}

/** Compares the ways for an operation of which something is known; returns the data. */
async function same(query: string, variables: MadeOperation['variables'] = {}, name?: string): Promise<any> {
  const document = parse(query);
  expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  const { interpreted, compiled, refusal } = await compare(document, variables, contexts.administrator!, name);
  expect([refusal, interpreted.errors === undefined]).toEqual([null, compiled !== null]);
  return JSON.parse(JSON.stringify(interpreted.data));
}

const username = 'other "quoted" \\ ünïcode';

test.each<[name: string, query: string, variables: MadeOperation['variables'], data: unknown]>([
  [
    'a fragment that is skipped at its first place and not at its second',
    'query($no: Boolean!) { user(username: "plain") { ...name @include(if: $no) ...name } } fragment name on User { username }',
    { no: false },
    { user: { username: 'plain' } },
  ],
  [
    'a fragment below two fields, under a condition below the first',
    'query($no: Boolean!) { a: me { ...name @include(if: $no) } b: me { ...name } } fragment name on User { username }',
    { no: false },
    { a: {}, b: { username: 'admin' } },
  ],
  [
    'one field twice, under a condition at its first place',
    'query($no: Boolean!) { me @include(if: $no) { username } me { isActive } }',
    { no: false },
    { me: { isActive: true } },
  ],
  [
    'one field twice, under conditions at both places',
    'query($yes: Boolean!, $no: Boolean = false) { me @include(if: $yes) { username } me @include(if: $no) { isActive } }',
    { yes: true },
    { me: { username: 'admin' } },
  ],
  ['nothing that is included', '{ me { username @skip(if: true) ... @include(if: false) { isActive } } }', {}, { me: {} }],
  [
    'conditions of both kinds',
    '{ me { a: username @skip(if: false) @include(if: true) b: username @skip(if: true) @include(if: true) } }',
    {},
    { me: { a: 'admin' } },
  ],
  [
    'a variable in a filter that was not given',
    'query($name: String, $in: [String!]) { users(filter: { username: { eq: $name, in: $in } }) { totalCount } }',
    { in: ['plain', 'admin'] },
    { users: { totalCount: 2 } },
  ],
  [
    'a variable with a default in a filter',
    'query($name: String = "plain") { users(filter: { or: [{ username: { eq: $name } }, { username: { in: [$name, "admin"] } }] }) { totalCount } }',
    {},
    { users: { totalCount: 2 } },
  ],
  [
    'a variable that was not given, where the input has a default',
    'query($direction: OrderDirection) { users(first: 1, orderBy: [{ field: USERNAME, direction: $direction }]) { nodes { username } } }',
    {},
    { users: { nodes: [{ username: 'admin' }] } },
  ],
  [
    'a variable that is null, where the input takes no null',
    'query($direction: OrderDirection) { users(first: 1, orderBy: [{ field: USERNAME, direction: $direction }]) { nodes { username } } }',
    { direction: null },
    null,
  ],
  [
    'a variable that is null, in a list that takes no null',
    'query($name: String = "x") { me { username } users(filter: { username: { in: ["admin", $name] } }) { totalCount } }',
    { name: null },
    null,
  ],
  [
    'a variable that was not given, in the place of an argument',
    'query($first: Int) { roles(first: $first) { pageInfo { hasNextPage } } }',
    {},
    { roles: { pageInfo: { hasNextPage: false } } },
  ],
  [
    'variables called as what every object has',
    'query($constructor: String, $toString: Int, $hasOwnProperty: [ID!]) { users(after: $constructor, first: $toString, filter: { id: { in: $hasOwnProperty } }) { totalCount } }',
    {},
    { users: { totalCount: 3 } },
  ],
  [
    'one value in the place of a list',
    '{ users(filter: { and: { username: { in: "plain" } } }, orderBy: { field: USERNAME }) { totalCount } }',
    {},
    { users: { totalCount: 1 } },
  ],
  ['a number in the place of an id', '{ node(id: 5) { id } nodes(ids: [1, "x"]) { id } }', {}, { node: null, nodes: [null, null] }],
  [
    'a text with quotes and signs of another language',
    `{ user(username: ${JSON.stringify(username)}) { username } }`,
    {},
    { user: { username } },
  ],
  [
    'a text in a block',
    '{ user(username: """plain""") { username } users(filter: { username: { startsWith: """\n  a\n  b\n""" } }) { totalCount } }',
    {},
    { user: { username: 'plain' }, users: { totalCount: 0 } },
  ],
  ['escapes in a text', '{ user(username: "\\u0070lai\\u{6e}") { username } }', {}, { user: { username: 'plain' } }],
  [
    'names that run together',
    '{ a: me { b_c: username d: username } a_b: me { c: isActive } }',
    {},
    { a: { b_c: 'admin', d: 'admin' }, a_b: { c: true } },
  ],
  [
    'names of what every object has',
    '{ constructor: me { toJSON: username hasOwnProperty: isActive valueOf: username } toString: me { __typename } }',
    {},
    { constructor: { toJSON: 'admin', hasOwnProperty: true, valueOf: 'admin' }, toString: { __typename: 'User' } },
  ],
  [
    'names of the compiled code',
    '{ __context: me { __parent: username idx0: username finalType: username data: isActive } err: __typename }',
    {},
    { __context: { __parent: 'admin', idx0: 'admin', finalType: 'admin', data: true }, err: 'Query' },
  ],
  [
    'an abstract type, through fragments on it and on its types',
    'query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Node { id } ... on User { name: username } ...job ... { own: __typename } } } fragment job on Job { name ... on Node { __typename } }',
    { ids: ['user', 'job', 'x'] },
    {
      nodes: [
        expect.objectContaining({ name: username, own: 'User' }),
        expect.objectContaining({ __typename: 'Job', name: 'planted.job' }),
        null,
      ],
    },
  ],
  [
    'values of an enum in a literal, a list and a variable',
    'query($s: JobStatus!, $all: [JobStatus!] = [QUEUED, FAILED]) { jobs(filter: { status: { eq: QUEUED, in: [FAILED, $s], ne: SUCCEEDED } }) { totalCount } all: jobs(filter: { status: { in: $all } }) { totalCount } }',
    { s: 'QUEUED' },
    { jobs: { totalCount: 6 }, all: { totalCount: 6 } },
  ],
  [
    'a variable that was not given, where an argument has a default',
    'query($all: Boolean) { __type(name: "FeedState") { enumValues(includeDeprecated: $all) { name } } }',
    {},
    { __type: { enumValues: ['REPLAYING', 'LIVE', 'ENDED', 'RESET'].map((name) => ({ name })) } },
  ],
  [
    'an argument that is null by its variable',
    'query($all: Boolean = true) { __type(name: "JSON") { name fields(includeDeprecated: $all) { name } } }',
    { all: null },
    { __type: { name: 'JSON', fields: null } },
  ],
  ['the type of an object by itself', 'query($id: ID!) { node(id: $id) { __typename } }', { id: 'user' }, { node: { __typename: 'User' } }],
])('%s means compiled what it means interpreted', async (_, query, variables, expected) => {
  const idOf = (id: unknown): unknown => (Array.isArray(id) ? id.map(idOf) : (planted[id as 'user'] ?? id));
  const given = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, name.startsWith('id') ? idOf(value) : value]));

  expect(await same(query, given)).toEqual(expected);
});

test('two operations of one document, which share a fragment, are compiled each for itself', async () => {
  const query = `query One($yes: Boolean!) { a: me { ...name @include(if: $yes) } } query Two($no: Boolean!) { a: me { ...name b: isActive @skip(if: $no) } }
    fragment name on User { username }`;

  expect(await same(query, { yes: false }, 'One')).toEqual({ a: {} });
  expect(await same(query, { no: true }, 'Two')).toEqual({ a: { username: 'admin' } });
  expect(await same(query, { yes: true }, 'One')).toEqual({ a: { username: 'admin' } });
});

test('__proto__ is a name like any other, which is not compiled', async () => {
  for (const query of [
    '{ __proto__: me { username } }',
    '{ me { __proto__: username } }',
    'query($__proto__: Int) { users(first: $__proto__) { totalCount } }',
    '{ ...__proto__ } fragment __proto__ on Query { me { username } }',
  ]) {
    const { interpreted, refusal } = await compare(parse(query), {}, contexts.administrator!);
    expect([interpreted.errors, refusal]).toEqual([undefined, 'proto']);
  }
});

test('places whose names run together alike are not compiled, for they would be taken for one another', async () => {
  const document = parse('{ a: users(first: 1) { b: nodes { c: username } } b_a: users(first: 1) { c: totalCount } }');
  const { refusal } = await compare(document, {}, contexts.administrator!);

  expect(refusal).toBe('paths');
});

test('no code of a caller runs, wherever a text may stand', async () => {
  const ran: string[] = [];
  Object.assign(globalThis, { ranCode: (where: string) => void ran.push(where) });
  onTestFinished(() => void delete (globalThis as { ranCode?: unknown }).ranCode);
  let places = 0;
  const code = (): string => {
    const at = `ranCode('place ${(places += 1)}')`;
    return JSON.stringify([`${mark}0), ${at}, new Date(0`, `"+${at}+"`, `\`\${${at}}\``, `');${at}//`, `\u2028${at}`][places % 5]);
  };
  const queries = Array.from({ length: 5 }, () => [
    `{ user(username: ${code()}) { id } }`,
    `{ users(filter: { username: { eq: ${code()} } }) { totalCount } }`,
    `{ users(filter: { and: [{ not: { username: { in: [${code()}, ${code()}] } } }] }) { totalCount } }`,
    `{ users(after: ${code()}) { totalCount } }`,
    `{ nodes(ids: [${code()}]) { id } node(id: ${code()}) { id } }`,
    `{ __type(name: ${code()}) { name } }`,
    `query($name: String = ${code()}) { user(username: $name) { id } }`,
    `query($filter: UserFilter = { username: { in: [${code()}] } }) { users(filter: $filter) { totalCount } }`,
    `query($names: [String!] = [${code()}]) { users(filter: { username: { in: $names } }) { totalCount } }`,
    `{ user(username: """${mark}0), ranCode('a block'), new Date(0""") { id } }`,
    `query($name: String!) { user(username: $name) { id } }`,
  ]);

  for (const query of queries.flat()) {
    const { refusal } = await compare(parse(query), { name: `${mark}0), ranCode('a variable'), new Date(0` }, contexts.administrator!);
    expect(refusal).toBeNull();
  }
  expect(ran).toEqual([]);
});

test('a text that looks like a time to the compiled code stays a text', async () => {
  await aUser(app, `${mark}0`);

  expect(await same(`{ user(username: "${mark}0") { username } }`)).toEqual({ user: { username: `${mark}0` } });
});

/** Watches which operations a field is asked in: null for the interpreted document, the operation for a compiled one. */
function watch(typeName: string, fieldName: string, document: () => DocumentNode): boolean[] {
  const wasCompiled: boolean[] = [];
  const field = (schema.getType(typeName) as GraphQLObjectType<unknown, GraphContext>).getFields()[fieldName]!;
  const { resolve } = field;
  field.resolve = (source, args, context, info) => {
    wasCompiled.push(!document().definitions.includes(info.operation));
    return (resolve ?? defaultFieldResolver)(source, args as never, context, info);
  };
  onTestFinished(() => void (resolve ? (field.resolve = resolve) : delete field.resolve));
  return wasCompiled;
}

const newExecutor = () => new Executor(schema, { mostCost: 1_000_000, showsStatements: false, log: app.system.log });

test('an operation is interpreted until it was answered once, and compiled from then on, for each way in which its conditions are decided', async () => {
  const executor = newExecutor();
  const document = parse('query($yes: Boolean!) { me { username isActive @include(if: $yes) } }');
  const wasCompiled = watch('Query', 'me', () => document);
  const ask = async (yes: boolean) => (await executor.execute({ document, variables: { yes }, context: contexts.administrator!() })).data;

  const answers = [await ask(true), await ask(true), await ask(false), await ask(true), await ask(false), await ask(false)];

  expect(wasCompiled).toEqual([false, true, false, true, true, true]);
  expect(JSON.parse(JSON.stringify(answers))).toEqual(
    [true, true, false, true, false, false].map((yes) => ({ me: { username: 'admin', ...(yes && { isActive: true }) } })),
  );
});

test('of very many ways to decide the conditions, eight are compiled', async () => {
  const executor = newExecutor();
  const document = parse(`query($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!) {
    me { username @include(if: $a) isActive @include(if: $b) id @include(if: $c) email @include(if: $d) }
  }`);
  const wasCompiled = watch('Query', 'me', () => document);
  const all = Array.from({ length: 16 }, (_, i) => ({ a: Boolean(i & 1), b: Boolean(i & 2), c: Boolean(i & 4), d: Boolean(i & 8) }));

  for (let n = 0; n < 2; n++)
    for (const variables of all) {
      const { data: answer } = await executor.execute({ document, variables, context: contexts.administrator!() });
      expect(Object.keys(answer!.me!)).toHaveLength(Object.values(variables).filter(Boolean).length);
    }

  expect(wasCompiled).toEqual([...all.map(() => false), ...all.map((_, i) => i < 8)]);
});

test('what fails is not compiled, and when compiled it fails, graphql-js answers in its place', async () => {
  const executor = newExecutor();
  const document = parse('query($first: Int) { me { username } users(first: $first) { totalCount } }');
  const wasCompiled = watch('Query', 'me', () => document);
  const ask = (first: number) => executor.execute({ document, variables: { first }, context: contexts.administrator!() });
  const refused = { data: null, errors: [expect.objectContaining({ message: 'first must be between 0 and 500', path: ['users'] })] };

  expect([await ask(-1), await ask(-1)]).toMatchObject([refused, refused]);
  await ask(1);
  expect(await ask(-1)).toMatchObject(refused);
  expect(await ask(1)).toMatchObject({ data: { me: { username: 'admin' } } });

  expect(wasCompiled).toEqual([false, false, false, true, false, true]);
});

test('a mutation is not compiled, however often it comes', async () => {
  const executor = newExecutor();
  const document = parse('mutation($input: EndAllSessionsInput!) { endAllSessions(input: $input) { endedCount } }');
  const wasCompiled = watch('EndAllSessionsPayload', 'endedCount', () => document);
  const { id: userId } = await aUser(app, 'nobody there');

  for (let n = 0; n < 3; n++)
    expect(await executor.execute({ document, variables: { input: { userId } }, context: contexts.administrator!() })).toMatchObject({
      data: { endAllSessions: { endedCount: 0 } },
    });

  expect(wasCompiled).toEqual([false, false, false]);
});

test('the pages of a subscription are the same, interpreted or compiled', async () => {
  const executor = newExecutor();
  const document = parse(`subscription($id: ID!, $no: Boolean!) {
    page: jobProgress(jobId: $id, last: 2) { state cursor total items { ...event ... on Node @include(if: $no) { id } } }
  } fragment event on JobEvent { seq message job { name requestedBy { username } } }`);
  const wasCompiled = watch('JobEvent', 'message', () => document);
  const first = async () => {
    const request = { document, variables: { id: planted.job, no: false }, context: contexts.administrator!() };
    const pages = await executor.subscribe(request, new TestOutlet());
    if (!(Symbol.asyncIterator in pages)) throw pages.errors![0]!;
    const { value } = await pages.next();
    return pages.return(undefined).then(() => JSON.stringify(value));
  };
  const answers = [await first(), await first(), await first()];

  expect(wasCompiled).toEqual([false, false, true, true, true, true]);
  expect(new Set(answers).size).toBe(1);
  expect(JSON.parse(answers[0]!).data.page.items).toEqual(
    [1, 2].map((seq) => ({ seq, message: `event ${seq}`, job: { name: 'planted.job', requestedBy: { username: 'plain' } } })),
  );
});

// A getter, a type resolver or an isTypeOf that throws would leave a compiled operation waiting for ever.
test('what a compiled operation reads without a resolver are rows, pages and values, which core makes', () => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const read = types.filter((type) => Object.values(type.getFields()).some(({ resolve }) => !resolve));
  const rows = read.filter((type) => type.getInterfaces().some(({ name }) => name === 'Node')).map(({ name }) => name);
  const wrappers = rows.flatMap((name) => [`${name}Connection`, `${name}Edge`]);
  const values = domains
    .flatMap(({ derived = [] }) => derived)
    .flatMap(({ kind }) => (typeof kind === 'object' && 'fields' in kind ? [kind.name] : []));
  expect(values).toEqual(['Operation', 'AccessReason']);
  const own = (name: string) => ['PageInfo', 'LostRange', ...rows, ...wrappers, ...values].includes(name) || /(Payload|Page)$/.test(name);
  expect(read.map(({ name }) => name).filter((name) => !own(name))).toEqual([]);
  expect(types.filter(({ isTypeOf }) => isTypeOf)).toEqual([]);
});

// graphql-jit calls what it knows of a resolver by both names without a sign between them.
test('no two fields of the schema have names that run together alike with those of their types', () => {
  const names = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.keys(type.getFields()).map((field) => type.name + field));

  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
