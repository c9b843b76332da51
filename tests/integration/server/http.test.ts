import { connect } from 'node:net';
import { Client } from 'pg';
import { beforeAll, expect, inject, test, vi } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { TestSocket } from '../../support/socket.js';

const app = await startTestApp({ ROLE: 'api', MAX_BODY_BYTES: '65536', ALLOWED_ORIGINS: 'https://ui.example, https://other.example' });
const lonely = await startTestApp({ ROLE: 'api' });
const broken = await startTestApp({ ROLE: 'api' });
const json = { 'content-type': 'application/json' };
const question = JSON.stringify({ query: '{ me { id } }' });
let token: string;
beforeAll(async () => {
  ({ token } = await signIn(app.url));
});

/** Sends a request; returns the status, the headers and the JSON or text of the answer. */
async function send(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(`${app.url}${path}`, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: /json/.test(response.headers.get('content-type') ?? '') && text ? JSON.parse(text) : text,
  };
}
const post = (body: string, headers: Record<string, string> = json) => send('/graphql', { method: 'POST', headers, body });
const ask = (query: string, more: object = {}) => post(JSON.stringify({ query, ...more }));
const refusal = (code: string, message: unknown = expect.any(String)) => [
  expect.objectContaining({ message, extensions: expect.objectContaining({ code }) }),
];
const goesOn = async () => expect(await data(app.url, '{ me { username } }', {}, { token })).toEqual({ me: { username: 'admin' } });

/** Sends bytes as they are and returns all that comes back until the connection ends; `write` may go on sending. */
function raw(head: string, write: (send: (chunk: Buffer) => boolean) => Promise<void> | void = () => {}): Promise<string> {
  const { port, hostname } = new URL(app.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket.write(head);
    void write((chunk) => socket.writable && socket.write(chunk));
  });
}

test.each<[name: string, body: string, headers: Record<string, string>, message: string]>([
  ['a body that is no JSON', '{', json, 'The body of the request is not valid JSON'],
  ['an empty body', '', json, 'The body of the request is not valid JSON'],
  ['another content type', question, { 'content-type': 'text/plain' }, 'The content type must be application/json'],
  ['a form', 'query={me{id}}', { 'content-type': 'application/x-www-form-urlencoded' }, 'The content type must be application/json'],
  ['a batch', `[${question}]`, json, 'Operation batching disabled.'],
  ['a number', '17', json, 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
  ['null', 'null', json, 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
  ['a query that is no text', '{"query":4}', json, 'GraphQL queries must be strings.'],
  ['no query', '{"variables":{}}', json, 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.'],
])('%s is refused as bad input', async (_name, body, headers, message) => {
  expect(await post(body, headers)).toMatchObject({ status: 400, body: { errors: refusal('BAD_USER_INPUT', message) } });
});

test('a body without a content type is refused', async () => {
  const answer = await raw(
    `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${question.length}\r\n\r\n${question}`,
  );

  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"BAD_USER_INPUT"');
});

test.each([
  ['a syntax error', '{ me {', {}, 400],
  ['an unknown field', '{ me { nope } }', {}, 400],
  ['a missing argument', '{ node { id } }', {}, 400],
  ['an argument of another type', '{ node(id: {}) { id } }', {}, 400],
  ['an unknown operation', 'query a { me { id } }', { operationName: 'b' }, 400],
  ['two operations and no name', 'query a { me { id } } query b { me { id } }', {}, 400],
  ['a missing variable', 'query($id: ID!) { node(id: $id) { id } }', {}, 400],
  ['a variable of another type', 'query($id: ID!) { node(id: $id) { id } }', { variables: { id: {} } }, 400],
  ['variables as a text', 'query($id: ID!) { node(id: $id) { id } }', { variables: '{"id":"x"}' }, 400],
  ['a fragment of itself', '{ me { ...a } } fragment a on User { ...a }', {}, 400],
])('%s is bad input, and nothing runs', async (_name, query, more, status) => {
  const answer = await ask(query, more);

  expect(answer).toMatchObject({ status, body: { errors: refusal('BAD_USER_INPUT') } });
  expect(answer.body.data).toBeUndefined();
});

test('a document of too many tokens, of too many aliases, or one that is too costly to check, is over the limit', async () => {
  const named = (count: number) => `{ ${Array.from({ length: count }, (_, i) => `a${i}: me { id }`).join(' ')} }`;
  const repeated = (count: number) => `{ ${'me { id __typename } '.repeat(count)} }`;
  const deep = (levels: number) => `{ me ${'{ createdBy '.repeat(levels)}{ id }${' }'.repeat(levels)} }`;
  const overLimit = { status: 400, body: { errors: refusal('LIMIT_EXCEEDED') } };

  expect(await ask(named(200))).toMatchObject({ status: 200, body: { data: { a0: null, a199: null } } });
  expect(await ask(named(201))).toMatchObject(overLimit);
  expect(await ask(named(834))).toMatchObject(overLimit);
  expect(await ask(deep(22))).toMatchObject({ status: 200, body: { data: { me: null } } });
  expect(await ask(deep(23))).toMatchObject(overLimit);
  expect(await ask(repeated(1_000))).toMatchObject(overLimit);
});

test('a body of more bytes than allowed is refused, however it is sent, and the server goes on', async () => {
  const message = 'The body of a request may have at most 65536 bytes';
  const tooLong = JSON.stringify({ query: `{ me { id } } #${'x'.repeat(65_536)}` });
  const chunk = Buffer.alloc(16_384, 97);
  const framed = Buffer.concat([Buffer.from('4000\r\n'), chunk, Buffer.from('\r\n')]);
  const headers = 'host: x\r\ncontent-type: application/json\r\n';

  expect(await post(tooLong)).toMatchObject({ status: 413, body: { errors: refusal('LIMIT_EXCEEDED', message) } });
  for (const answer of [
    await raw(`POST /graphql HTTP/1.1\r\n${headers}content-length: 1000000000\r\n\r\n`),
    await raw(`POST /graphql HTTP/1.1\r\n${headers}transfer-encoding: chunked\r\n\r\n`, (sendOn) => {
      for (let i = 0; i < 6; i++) sendOn(framed);
    }),
  ]) {
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain(message);
    expect(answer).toContain('"code":"LIMIT_EXCEEDED"');
  }
  await goesOn();
});

test('a body of just as many bytes as allowed is answered', async () => {
  const start = '{"query":"{ me { id } } #';
  const body = `${start}${'x'.repeat(65_536 - start.length - 2)}"}`;

  expect(body).toHaveLength(65_536);
  expect(await post(body)).toMatchObject({ status: 200, body: { data: { me: null } } });
});

test('a client that goes away within its body leaves the server as it was', async () => {
  const log = vi.spyOn(app.system.log, 'error');
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  await new Promise((resolve) =>
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"que', resolve),
  );
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await closed;

  await goesOn();
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

const encoded = encodeURIComponent('{ me { id } }');

test('a GET that a foreign page could cause is refused; one that needed a preflight is answered', async () => {
  const simple = await send(`/graphql?query=${encoded}`);
  const preflighted = await send(`/graphql?query=${encoded}`, { headers: { 'apollo-require-preflight': 'true' } });

  expect(simple).toMatchObject({
    status: 400,
    body: { errors: refusal('BAD_USER_INPUT', expect.stringContaining('Cross-Site Request Forgery')) },
  });
  expect(preflighted).toMatchObject({ status: 200, body: { data: { me: null } } });
});

test('a GET changes nothing', async () => {
  const { result, changes } = await recording(app, () =>
    send(`/graphql?query=${encodeURIComponent('mutation { signOut { isSignedOut } }')}`, {
      headers: { 'apollo-require-preflight': 'true', authorization: `Bearer ${token}` },
    }),
  );

  expect(result).toMatchObject({ status: 405, body: { errors: refusal('BAD_USER_INPUT') } });
  expect(changes).toEqual([]);
  await goesOn();
});

test.each([
  ['somebody who is signed in', true],
  ['nobody', false],
])('a subscription over HTTP by %s is refused and says where it belongs', async (_name, isSignedIn) => {
  const { body } = await post(JSON.stringify({ query: 'subscription { jobEvents { cursor } }' }), {
    ...json,
    ...(isSignedIn && { authorization: `Bearer ${token}` }),
  });

  expect(body).toMatchObject({
    errors: [
      {
        message:
          'A subscription needs a socket at /graphql (graphql-transport-ws) or a stream of events at /graphql/stream (accept: text/event-stream)',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ],
  });
});

const foreign = [
  'https://evil.example',
  'http://evil.example',
  'null',
  'http://localhost:1',
  'https://127.0.0.1',
  'http://ui.example',
  'not a url',
];

test.each(foreign)('the origin %j is refused for a request and for a socket', async (origin) => {
  const { result, changes } = await recording(app, () => post(question, { ...json, origin, authorization: `Bearer ${token}` }));

  expect(result).toMatchObject({ status: 403, body: { errors: refusal('FORBIDDEN') } });
  expect(result.headers.get('access-control-allow-origin')).toBeNull();
  expect(changes).toEqual([]);
  await expect(TestSocket.open(app.url, { origin })).rejects.toThrow('Unexpected server response: 403');
});

test('no method, path or upload is open to a foreign origin', async () => {
  for (const [path, method] of [
    ['/graphql', 'OPTIONS'],
    ['/graphql', 'GET'],
    ['/uploads', 'POST'],
    ['/', 'GET'],
    ['/sign-in?token=x', 'GET'],
    ['/metrics', 'GET'],
  ])
    expect((await send(path!, { method: method!, headers: { origin: 'https://evil.example' } })).status).toBe(403);
});

test('the own origin and a listed one are answered, and only the listed one is told that it may read the answer', async () => {
  const own = await post(question, { ...json, origin: app.url });
  const listed = await post(question, { ...json, origin: 'https://ui.example' });
  const preflight = await send('/graphql', { method: 'OPTIONS', headers: { origin: 'https://ui.example' } });

  expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  for (const { headers } of [listed, preflight]) {
    expect(headers.get('access-control-allow-origin')).toBe('https://ui.example');
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('vary')).toContain('origin');
  }
  expect([listed.status, preflight.status]).toEqual([200, 204]);
  for (const origin of [app.url, 'https://ui.example']) await (await TestSocket.open(app.url, { origin })).end();
});

test.each(['/nope', '/graphql/', '/Graphql', '/uploads', '/../etc/passwd', '//graphql', '/%00', '/__proto__', '/constructor'])(
  'there is nothing at GET %s',
  async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"NOT_FOUND"');
  },
);

test.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('%s is no method of /graphql', async (method) => {
  expect((await send('/graphql', { method })).status).toBe(404);
});

test('an upgrade elsewhere than at /graphql is refused', async () => {
  await expect(TestSocket.open(`${app.url}/other`)).rejects.toThrow('Unexpected server response: 404');
});

test('the probes tell that the process lives and that the database answers', async () => {
  expect(await send('/healthz')).toMatchObject({ status: 200, body: { status: 'alive' } });
  expect(await send('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
});

test('without its database the server lives and is not ready, and is ready again with it', async () => {
  const { token: ownToken } = await signIn(lonely.url);
  const server = new Client({ connectionString: inject('serverUrl') });
  await server.connect();
  const name = new URL(lonely.databaseUrl).pathname.slice(1);
  const probe = async (path: string) => {
    const response = await fetch(`${lonely.url}${path}`);
    return [response.status, await response.json()];
  };

  await server.query(`alter database ${name} allow_connections false`);
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  expect(await probe('/readyz')).toEqual([503, { status: 'the database does not answer' }]);
  expect(await probe('/healthz')).toEqual([200, { status: 'alive' }]);
  expect(await graphql(lonely.url, '{ roles { totalCount } }', {}, { token: ownToken })).toMatchObject({
    errors: [{ extensions: { code: 'INTERNAL', errorId: expect.any(String) } }],
  });

  await server.query(`alter database ${name} allow_connections true`);
  await server.end();
  expect(await probe('/readyz')).toEqual([200, { status: 'ready' }]);
  expect(await data(lonely.url, '{ me { username } }', {}, { token: ownToken })).toEqual({ me: { username: 'admin' } });
});

test('the metrics count requests by route and status, and open sockets', async () => {
  const socket = await TestSocket.connect(app.url, token);
  await send('/healthz');

  const { status, headers, body } = await send('/metrics');
  await socket.end();

  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(body).toMatch(/^signalbox_http_request_seconds_count\{route="\/healthz",status="200"\} [1-9]/m);
  expect(body).toMatch(/^signalbox_http_request_seconds_count\{route="other",status="404"\} [1-9]/m);
  expect(body).toMatch(/^signalbox_sockets 1$/m);
  expect(body).not.toContain('/nope');
});

test.each(['/', '/healthz', '/graphql', '/nope', '/sign-in?token=x'])(
  'the answer of %s cannot be framed or sniffed and passes no address on',
  async (path) => {
    const { headers } = await send(path);

    expect([headers.get('x-content-type-options'), headers.get('x-frame-options'), headers.get('referrer-policy')]).toEqual([
      'nosniff',
      'DENY',
      'no-referrer',
    ]);
    expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
  },
);

test('a fault of the server shows only an id, which finds it in the log', async () => {
  const { token: ownToken } = await signIn(broken.url);
  const log = vi.spyOn(broken.system.log, 'error');
  await rowsOf(broken, sql`alter table uploads rename to secret_table`);

  const answer = await graphql(broken.url, '{ me { username } uploads { nodes { id } } }', {}, { token: ownToken });

  const { errorId } = answer.errors![0]!.extensions;
  expect(answer).toEqual({
    data: null,
    errors: [
      {
        message: `Something went wrong on the server; the log has it as ${errorId}`,
        path: ['uploads'],
        locations: [{ line: 1, column: 19 }],
        extensions: { code: 'INTERNAL', errorId: expect.stringMatching(/^[\da-f-]{36}$/) },
      },
    ],
  });
  expect(log.mock.calls.map(([logged]) => logged)).toEqual([
    { errorId, err: expect.objectContaining({ message: expect.stringContaining('"uploads"') }) },
  ]);
});

test('a fault while the caller is being found out is a fault of the server, over HTTP and over a socket', async () => {
  const { token: ownToken } = await signIn(broken.url);
  await rowsOf(broken, sql`alter table revoked_tokens rename to secret_tokens`);

  const response = await fetch(`${broken.url}/graphql`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${ownToken}` },
    body: question,
  });
  const socket = await TestSocket.open(broken.url);
  socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${ownToken}` } });

  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(
    /^\{"errors":\[\{"message":"Something went wrong on the server; the log has it as [\da-f-]{36}","extensions":\{"code":"INTERNAL"/,
  );
  expect((await socket.close()).reason).toMatch(/^INTERNAL: Something went wrong on the server; the log has it as [\da-f-]{36}$/);
});
