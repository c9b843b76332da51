import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { recording } from '../../support/changes.js';
import { authHeaders, data, graphql, signIn, type Auth } from '../../support/client.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

// With the limits that hold when nothing else is set.
const app = await startTestApp({ ROLE: 'api' });
const tight = await startTestApp({ ROLE: 'api', MAX_DEPTH: '3', MAX_ALIASES: '2' });
const admin = await signIn(app.url);

const over = (message: string) => expect.objectContaining({ message, extensions: { code: 'LIMIT_EXCEEDED' } });

/** Asks over HTTP and over a socket. */
async function ask(query: string, { token }: Auth = admin, url = app.url): Promise<{ status: number; http: any; socket: any }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(token ? { token } : {}) },
    body: JSON.stringify({ query }),
  });
  const socket = await TestSocket.connect(url, token);
  const answer = await socket.ask('1', query);
  await socket.end();
  const { extensions: _, ...http } = (await response.json()) as any;
  return { status: response.status, http, socket: answer };
}

/** A document is answered alike over HTTP and over a socket. */
async function expectAllowed(query: string): Promise<void> {
  const { status, http, socket } = await ask(query);
  expect([status, http.errors, socket.type]).toEqual([200, undefined, 'next']);
  expect(socket.payload).toEqual(http);
}

/** A document is refused alike over HTTP and over a socket. */
async function expectRefused(query: string, message: string): Promise<void> {
  const { status, http, socket } = await ask(query);
  expect([status, http]).toEqual([400, { errors: [over(message)] }]);
  expect([socket.type, socket.payload]).toEqual(['error', [over(message)]]);
}

/** An operation that nests so many levels, each made of what is below it. */
const nested = (levels: number, level = (below: string) => `createdBy { ${below} }`, last = 'id'): string => {
  let below = last;
  for (let n = levels - 2; n > 0; n--) below = level(below);
  return `{ me { ${below} } }`;
};

/** The same by fragments, of which each has one level. */
const byFragments = (levels: number): string => {
  const fragments = Array.from({ length: levels - 2 }, (_, i) => `fragment f${i} on User { createdBy { ...f${i + 1} } }`);
  return `{ me { ...f0 } } ${fragments.join(' ')} fragment f${levels - 2} on User { id }`;
};

test.each<[name: string, make: (levels: number) => string]>([
  ['fields', (levels) => nested(levels)],
  ['fields in fragments without a name', (levels) => nested(levels, (below) => `... on Node { ... on User { createdBy { ${below} } } }`)],
  ['fields in named fragments', byFragments],
  ['fields with other names and conditions', (levels) => nested(levels, (below) => `x: createdBy @skip(if: true) { ${below} }`)],
  ['fields before the name of a type, which does not count', (levels) => nested(levels + 1, undefined, '__typename')],
  ['fields in the second of two operations', (levels) => `query a { me { id } } query b ${nested(levels)}`],
])('%s may nest 24 levels deep, and not 25', async (name, make) => {
  if (!name.includes('two operations')) await expectAllowed(make(24));
  await expectRefused(make(25), 'An operation may nest 24 levels of fields');
});

const twice = (length: number): string =>
  Array.from({ length }, (_, i) => `fragment f${i} on User { a: createdBy { ...f${i + 1} } b: createdBy { ...f${i + 1} } }`).join(' ');

test('how deep fragments in one another are, twice each, is found out at once', async () => {
  const started = performance.now();

  await expectRefused(`{ me { ...f0 } } ${twice(80)} fragment f80 on User { id }`, 'An operation may nest 24 levels of fields');

  expect(performance.now() - started).toBeLessThan(2_000);
});

const aliases = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `a${from + i}: username`).join(' ');

test.each([
  ['of fields', (count: number) => `{ me { ${aliases(count)} } }`],
  ['at several levels', (count: number) => `{ me: me { ${aliases(count - 2)} createdBy: createdBy { id } } }`],
  [
    'in a fragment, which counts once',
    (count: number) => `{ me { ...f createdBy { ...f ...f } } } fragment f on User { ${aliases(count)} }`,
  ],
  ['in all operations together', (count: number) => `query a { me { ${aliases(100)} } } query b { me { ${aliases(count - 100, 100)} } }`],
])('a document may have 200 aliases %s, and not 201', async (where, make) => {
  if (!where.includes('operations')) await expectAllowed(make(200));
  await expectRefused(make(201), 'A document may have 200 aliases');
});

/** A valid document of just so many tokens. */
const ofTokens = (count: number): string => {
  const list = (name: string, texts: number) =>
    `${name}: users(filter: { username: { in: [${Array.from({ length: texts }, () => '"x"').join(' ')}] } }) { totalCount }`;
  const frame = 20;
  const most = 500;
  const whole = Math.floor((count - 3) / (frame + most));
  const rest = count - 2 - whole * (frame + most) - frame;
  return `{ ${Array.from({ length: whole }, (_, i) => list(`a${i}`, most)).join(' ')} ${list('b', rest)} }`;
};

test('a document may have 5000 tokens, and not 5001', async () => {
  const message = 'Syntax Error: Document contains more that 5000 tokens. Parsing aborted.';

  await expectAllowed(ofTokens(5_000));
  await expectAllowed(`${ofTokens(5_000)} # a comment is none, ,,, nor are commas`);
  await expectRefused(ofTokens(5_001), message);
});

test.each([
  ['a literal', (filter: string) => [`{ users(filter: ${filter.replaceAll('"', '')}) { totalCount } }`, '{}']],
  ['a variable', (filter: string) => ['query($filter: UserFilter) { users(filter: $filter) { totalCount } }', `{"filter":${filter}}`]],
  [
    'a wrong variable',
    (filter: string) => [
      'query($filter: UserFilter, $n: Int) { users(filter: $filter, first: $n) { totalCount } }',
      `{"n":"x","filter":${filter}}`,
    ],
  ],
])(
  '%s that is nested so deeply that the stack does not suffice is over the limit, over HTTP and over a socket, which stays open',
  async (_, make) => {
    for (const levels of [1_000, 3_000, 5_000, 7_000, 10_000, 20_000, 40_000]) {
      const [query, variables] = make(`${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`);
      const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authHeaders(admin) },
        body,
      });
      const socket = await TestSocket.connect(app.url, admin.token);
      socket.say(`{"id":"1","type":"subscribe","payload":${body}}`);
      const { payload } = await socket.message('the answer', ({ id }) => id === '1');

      const told = [((await response.json()) as any).errors, Array.isArray(payload) ? payload : payload.errors];
      for (const errors of told) expect(['LIMIT_EXCEEDED', 'BAD_USER_INPUT']).toContain(errors[0].extensions.code);
      // Whether the stack or the number of tokens is used up first depends on how the engine has compiled the parser.
      if (levels === 40_000)
        for (const errors of told)
          expect(errors[0]).toMatchObject({
            message: expect.stringMatching(/^The request is nested too deeply$|more tha[nt] 5000 tokens/),
            extensions: { code: 'LIMIT_EXCEEDED' },
          });
      expect((await socket.ask('2', '{ me { username } }')).payload).toEqual({ data: { me: { username: 'admin' } } });
      await socket.end();
    }
  },
);

test('the limits are those of the settings, for mutations and feeds as well', async () => {
  const ownAdmin = await signIn(tight.url);
  const answers = async (query: string) => {
    const { http, socket } = await ask(query, ownAdmin, tight.url);
    return [http.errors?.[0]?.extensions.code, socket.type];
  };
  const user = await signedIn(tight, 'stays signed in');
  const revoke = (below: string) => `mutation { revokeSession(input: { id: "${user.sessionId}" }) { session { ${below} } } }`;

  const { result, changes } = await recording(tight, async () => [
    await answers(revoke('user { id }')),
    await answers(revoke('a: id b: id c: id')),
    await answers('subscription { jobEvents { items { job { id } } } }'),
  ]);
  expect(result).toEqual([
    ['LIMIT_EXCEEDED', 'error'],
    ['LIMIT_EXCEEDED', 'error'],
    ['LIMIT_EXCEEDED', 'error'],
  ]);
  expect(changes).toEqual([]);
  expect(await data(tight.url, revoke('a: id b: id'), {}, ownAdmin)).toEqual({
    revokeSession: { session: { a: user.sessionId, b: user.sessionId } },
  });
});

const everything = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

test.each([
  ['the limits that hold by default', app],
  ['tight limits', tight],
])('introspection tells everybody the whole schema, under %s, interpreted and compiled', async (_, { url }) => {
  const text = printSchema(lexicographicSortSchema(await graph.schema()));

  for (let n = 0; n < 3; n++) {
    const told = await data(url, everything);
    expect(printSchema(lexicographicSortSchema(buildClientSchema(told)))).toBe(text);
  }
  const socket = await TestSocket.connect(url);
  expect((await socket.ask('1', everything)).payload).toEqual({ data: await data(url, everything) });
  await socket.end();
});

test('introspection that makes very much of few words is refused', async () => {
  const types =
    'fragment types on __Type { fields { name type { name } } ofType { fields { name type { name } } ofType { fields { name type { name } } } } }';
  const fields = Array.from({ length: 190 }, (_, i) => `a${i}: fields { type { ...types } }`).join(' ');

  expect(await graphql(app.url, `{ __schema { types { ${fields} } } } ${types}`)).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }],
  });
  expect(await graphql(app.url, '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }')).toMatchObject({
    errors: [{ message: 'Maximum introspection depth exceeded', extensions: { code: 'LIMIT_EXCEEDED' } }],
  });
});
