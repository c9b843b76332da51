import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { sql } from '#core/database/sql.js';
import { rightsStream } from '#core/policy/actor.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { eventually } from '../../support/probe.js';
import { TestSocket } from '../../support/socket.js';

const app = await startTestApp({ ROLE: 'api', MAX_BODY_BYTES: '65536' });
const { token } = await signIn(app.url);
// The library tells the console what a client did wrong.
vi.spyOn(console, 'error').mockImplementation(() => {});

afterEach(() =>
  eventually(
    'all feeds to be over',
    () => app.system.bell.listening,
    (count) => count === listeningAtRest,
  ),
);
const listeningAtRest = app.system.bell.listening;

const jtiOf = (jwt: string): string => JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()).jti;
const connected = () => TestSocket.connect(app.url, token);
const refusal = (id: string, code: string) => ({ id, type: 'error', payload: [expect.objectContaining({ extensions: { code } })] });
const goesOn = async (socket: TestSocket) => {
  expect(await socket.ask('next', '{ me { username } }')).toEqual({
    id: 'next',
    type: 'next',
    payload: { data: { me: { username: 'admin' } } },
  });
  await socket.message('its end', ({ id, type }) => id === 'next' && type === 'complete');
  await socket.end();
};

test('queries and mutations are answered over a socket, several at a time', async () => {
  const socket = await connected();

  const answers = await Promise.all([
    socket.ask('1', '{ me { username } }'),
    socket.ask('2', 'query($slug: String) { role(slug: $slug) { slug } }', { slug: 'viewer' }),
    socket.ask(
      '3',
      'mutation { signIn(input: { username: "admin", password: "correct horse battery staple", withCookie: true }) { user { username } } }',
    ),
  ]);

  expect(answers.map(({ payload }) => payload)).toEqual([
    { data: { me: { username: 'admin' } } },
    { data: { role: { slug: 'viewer' } } },
    { data: { signIn: { user: { username: 'admin' } } } },
  ]);
  await goesOn(socket);
});

test.each([
  ['a syntax error', '{ me {', 'BAD_USER_INPUT'],
  ['an empty document', '', 'BAD_USER_INPUT'],
  ['an unknown field', '{ me { nope } }', 'BAD_USER_INPUT'],
  ['an unknown feed', 'subscription { nope { cursor } }', 'BAD_USER_INPUT'],
  ['two feeds at once', 'subscription { a: jobEvents { cursor } b: jobEvents { cursor } }', 'BAD_USER_INPUT'],
  ['two operations and no name', 'query a { me { id } } query b { me { id } }', 'BAD_USER_INPUT'],
  ['only a fragment', 'fragment a on User { id }', 'BAD_USER_INPUT'],
  ['too many tokens', `{ ${'me { id } '.repeat(1_250)} }`, 'LIMIT_EXCEEDED'],
  ['a document that is too costly to check', `{ ${'me { id } '.repeat(1_249)} }`, 'LIMIT_EXCEEDED'],
  ['a feed of nothing', 'subscription { jobLogs(jobId: "x") { cursor } }', 'NOT_FOUND'],
  ['a feed after no cursor', 'subscription { jobEvents(after: "x") { cursor } }', 'BAD_USER_INPUT'],
  ['a feed from two places', 'subscription { jobEvents(after: "x", last: 1) { cursor } }', 'BAD_USER_INPUT'],
  ['a feed of too many', 'subscription { jobEvents(last: 10001) { cursor } }', 'BAD_USER_INPUT'],
])('%s is refused with a code, and the socket goes on', async (_name, query, code) => {
  const socket = await connected();

  const { id, type, payload } = await socket.ask('1', query);

  expect([id, type]).toEqual(['1', 'error']);
  expect(payload.map(({ extensions }: any) => extensions.code)).toEqual(payload.map(() => code));
  await goesOn(socket);
});

test('an operation that the document does not have is refused, and the socket goes on', async () => {
  const socket = await connected();

  socket.say({ id: '1', type: 'subscribe', payload: { query: 'query a { me { id } }', operationName: 'b' } });

  expect(await socket.message('the refusal', ({ id }) => id === '1')).toEqual(refusal('1', 'BAD_USER_INPUT'));
  await goesOn(socket);
});

test.each([
  ['a query without its variable', 'query($id: ID!) { node(id: $id) { id } }', {}],
  ['a query with another variable', 'query($id: ID!) { node(id: $id) { id } }', { id: {} }],
  ['a feed without its variable', 'subscription($id: ID!) { jobLogs(jobId: $id) { cursor } }', {}],
])('%s is answered with the error, and the socket goes on', async (_name, query, variables) => {
  const socket = await connected();

  const { payload } = await socket.ask('1', query, variables);

  expect(payload.errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', paths: [expect.any(String)] } })]);
  await goesOn(socket);
});

test('a field that fails carries its code and path', async () => {
  const socket = await TestSocket.connect(app.url);

  const { payload } = await socket.ask('1', '{ me { id } users { totalCount } }');

  expect(payload).toMatchObject({ data: null, errors: [{ path: ['users'], extensions: { code: 'UNAUTHENTICATED' } }] });
  expect((await socket.ask('2', 'subscription { jobEvents { cursor } }')).payload).toMatchObject({
    data: null,
    errors: [{ path: ['jobEvents'], extensions: { code: 'UNAUTHENTICATED' } }],
  });
  await socket.end();
});

test('a fault of the server shows only an id, which finds it in the log, and the socket goes on', async () => {
  const log = vi.spyOn(app.system.log, 'error');
  await rowsOf(app, sql`alter table uploads rename to secret_table`);
  onTestFinished(async () => {
    await rowsOf(app, sql`alter table secret_table rename to uploads`);
    log.mockRestore();
  });
  const socket = await connected();

  const { payload } = await socket.ask('1', '{ uploads { totalCount } }');

  const { errorId } = payload.errors[0].extensions;
  expect(payload.errors).toMatchObject([
    { message: `Something went wrong on the server; the log has it as ${errorId}`, extensions: { code: 'INTERNAL', errorId } },
  ]);
  expect(log.mock.calls.map(([logged]) => (logged as { errorId: string }).errorId)).toEqual([errorId]);
  await goesOn(socket);
});

const query = '{ me { username } } #';
const messageOf = (bytes: number): string => {
  const frame = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
  return frame.replace('#', `#${'x'.repeat(bytes - frame.length)}`);
};

test('a message of just as many bytes as allowed is answered, and one byte more closes the socket and no other', async () => {
  const [socket, other] = [await connected(), await connected()];

  socket.say(messageOf(65_536));
  expect(await socket.message('the answer', ({ id }) => id === '1')).toMatchObject({ type: 'next' });
  socket.say(messageOf(65_537));

  expect((await socket.close()).code).toBe(1009);
  await goesOn(other);
});

test.each([
  ['no JSON', 'hello', 4400],
  ['an empty message', '', 4400],
  ['a message without a type', '{}', 4400],
  ['a number', '17', 4400],
  ['an unknown type', '{"type":"hello"}', 4400],
  ['an operation without an id', '{"type":"subscribe","payload":{"query":"{ me { id } }"}}', 4400],
  ['an operation without a query', '{"type":"subscribe","id":"1","payload":{}}', 4400],
  ['a query that is no text', '{"type":"subscribe","id":"1","payload":{"query":1}}', 4400],
  ['variables that are no object', '{"type":"subscribe","id":"1","payload":{"query":"{ me { id } }","variables":"x"}}', 4400],
  ['a second greeting', '{"type":"connection_init"}', 4429],
])('%s closes the socket and no other', async (_name, message, code) => {
  const [socket, other] = [await connected(), await connected()];

  socket.say(message);

  expect((await socket.close()).code).toBe(code);
  await goesOn(other);
});

test('two operations with one id close the socket', async () => {
  const socket = await connected();
  await socket.ask('1', 'subscription { jobEvents { state } }');

  socket.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { jobEvents { state } }' } });

  expect(await socket.close()).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
});

test('an id that is too long for the reason of a close is cut in it', async () => {
  const socket = await connected();
  const id = '☃'.repeat(100);
  await socket.ask(id, 'subscription { jobEvents { state } }');

  socket.say({ id, type: 'subscribe', payload: { query: 'subscription { jobEvents { state } }' } });

  expect(await socket.close()).toEqual({ code: 4409, reason: `Subscriber for ${'☃'.repeat(36)}` });
});

test('a socket that does not greet is closed', async () => {
  const socket = await TestSocket.open(app.url);

  expect(await socket.close()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
});

test('an operation before the greeting closes the socket', async () => {
  const socket = await TestSocket.open(app.url);

  socket.say({ id: '1', type: 'subscribe', payload: { query: '{ me { id } }' } });

  expect(await socket.close()).toEqual({ code: 4401, reason: 'Unauthorized' });
  expect(socket.messages).toEqual([]);
});

test('a socket of another protocol is not served', async () => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-ws');
  const end = new Promise<string>((resolve) => {
    socket.once('error', (error) => resolve(error.message));
    socket.once('close', (code) => resolve(String(code)));
  });

  expect(await end).toMatch(/^4406$|Server sent no subprotocol/);
});

test('a greeting may name its token in either spelling, and a wrong one closes the socket with the reason', async () => {
  for (const name of ['authorization', 'Authorization']) {
    const socket = await TestSocket.open(app.url);
    socket.say({ type: 'connection_init', payload: { [name]: `Bearer ${token}` } });
    await socket.message('the acknowledgement', ({ type }) => type === 'connection_ack');
    await goesOn(socket);
  }
  const socket = await TestSocket.open(app.url);
  socket.say({ type: 'connection_init', payload: { authorization: 'Bearer wrong' } });

  expect(await socket.close()).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: The access token is not valid' });
});

test('a browser is known by the cookie of its socket', async () => {
  const signedInWithCookie = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation { signIn(input: { username: "admin", password: "correct horse battery staple", withCookie: true }) { cursor } }',
    }),
  });
  const cookie = signedInWithCookie.headers.get('set-cookie')!.split(';')[0]!;

  const socket = await TestSocket.open(app.url, { cookie, origin: app.url });
  socket.say({ type: 'connection_init' });
  await socket.message('the acknowledgement', ({ type }) => type === 'connection_ack');

  await goesOn(socket);
});

test('a ping is answered', async () => {
  const socket = await connected();

  socket.say({ type: 'ping', payload: { at: 1 } });

  expect(await socket.message('the pong', ({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { at: 1 } });
  await socket.end();
});

test('a ping with a new token of the same session renews an open socket', async () => {
  const { token: first, refreshToken } = await signIn(app.url);
  const socket = await TestSocket.connect(app.url, first);
  const { refreshSession } = await data(
    app.url,
    'mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken } }',
    { input: { refreshToken } },
  );

  socket.say({ type: 'ping', payload: { authorization: `Bearer ${refreshSession.accessToken}` } });

  expect(await socket.message('the pong', ({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { authorization: 'accepted' } });
  // What the socket says from now on, it says with the new token: the old one alone is revoked.
  await rowsOf(
    app,
    sql`insert into revoked_tokens (id, jti, expires_at) values (gen_random_uuid(), ${jtiOf(first)}, now() + interval '1 hour')`,
  );
  app.system.bell.ring(rightsStream);
  expect((await graphql(app.url, '{ me { id } }', {}, { token: first })).errors?.[0]!.extensions.code).toBe('UNAUTHENTICATED');
  expect((await socket.ask('1', '{ me { username } }')).payload).toEqual({ data: { me: { username: 'admin' } } });
  await socket.end();
});

test.each([
  ['of another session', async () => `Bearer ${(await signIn(app.url)).token}`, 'FORBIDDEN'],
  ['that is not valid', async () => 'Bearer wrong', 'UNAUTHENTICATED'],
  ['in no known form', async () => 17, 'BAD_USER_INPUT'],
])('a token %s does not renew a socket, which goes on as it was', async (_case, made, code) => {
  const socket = await connected();

  socket.say({ type: 'ping', payload: { authorization: await made() } });

  expect((await socket.message('the pong', ({ type }) => type === 'pong')).payload).toEqual({
    authorization: 'refused',
    code,
    message: expect.any(String),
  });
  await goesOn(socket);
});

test('a token that cannot be checked, because the database is away, does not close the socket', async () => {
  const socket = await connected();
  const { token: other } = await signIn(app.url);
  const fork = vi.spyOn(app.system.database, 'fork').mockImplementation(() => {
    throw new Error('Connection terminated');
  });
  onTestFinished(() => fork.mockRestore());

  socket.say({ type: 'ping', payload: { authorization: `Bearer ${other}` } });

  expect((await socket.message('the pong', ({ type }) => type === 'pong')).payload).toMatchObject({
    authorization: 'refused',
    code: 'INTERNAL',
  });
  fork.mockRestore();
  await goesOn(socket);
});

test('an id of an operation may hold whatever JSON can say, in live pages too', async () => {
  const socket = await connected();
  const id = 'quote " backslash \\ line \n and ☃';
  await socket.ask(id, 'subscription { jobEvents { state } }');
  await eventually(
    'the feed to follow with its group',
    () => app.system.meter.together,
    (count) => count === 1,
  );

  await socket.message('a live page', (message) => message.id === id && socket.messages.filter((each) => each.id === id).length > 2);

  expect(new Set(socket.messages.filter(({ type }) => type === 'next').map((message) => message.id))).toEqual(new Set([id]));
  await goesOn(socket);
});

test('a feed stops when its client completes it or goes away', async () => {
  const [first, second] = [await connected(), await connected()];
  await first.ask('1', 'subscription { jobEvents { state } }');
  await second.ask('1', 'subscription { jobEvents { state } }');
  const together = (count: number) =>
    eventually(
      `${count} to follow together`,
      () => app.system.meter.together,
      (found) => found === count,
    );
  await together(2);

  first.say({ id: '1', type: 'complete' });
  await together(1);
  second.socket.terminate();
  await together(0);

  await goesOn(first);
});

test('a socket carries a thousand operations at a time, and one more is refused until one is complete', async () => {
  const { id } = await aJob(app, null);
  const socket = await connected();
  const query = `subscription { jobLogs(jobId: "${id}") { state } }`;
  for (let n = 1; n <= 1_000; n++) socket.say({ id: String(n), type: 'subscribe', payload: { query } });
  await eventually(
    'all to be followed',
    () => app.system.meter.together,
    (count) => count === 1_000,
  );

  expect(await socket.ask('one more', query)).toEqual(refusal('one more', 'LIMIT_EXCEEDED'));
  socket.say({ id: '1', type: 'complete' });
  expect((await socket.ask('in its place', query)).type).toBe('next');
  await socket.end();
});

test('many operations on one socket leave nothing behind on it', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const socket = await connected();

  for (let n = 0; n < 30; n++) await socket.ask(String(n), '{ me { id } }');
  await goesOn(socket);

  expect(warnings).toEqual([]);
});
