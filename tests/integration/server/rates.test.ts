import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { sql } from '#core/database/sql.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { authHeaders, data, graphql, send, signIn, type Auth } from '../../support/client.js';
import { TestEvents } from '../../support/events.js';
import { aMachine } from '../../support/machine.js';
import { mutate, mutated } from '../../support/mutation.js';
import { eventually } from '../../support/probe.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

/** An app on which the limits are set like this. */
async function limited(values: Record<string, number>): Promise<{ app: TestApp; admin: Auth }> {
  const app = await startTestApp({ ROLE: 'api', TRUST_PROXY: 'true' });
  const admin = await signIn(app.url);
  for (const [name, value] of Object.entries(values))
    await mutated(app, 'setSetting', { key: `limits.${name}`, value, expectedRevision: 1 }, admin);
  return { app, admin };
}

const { app, admin } = await limited({
  pointsPerMinute: 1_000,
  anonymousPointsPerMinute: 100,
  connectionsPerAddress: 10,
  connectionsPerUser: 10,
  operationsPerSocket: 2,
  denialsPerMinute: 3,
});
const metric = async (name: string) =>
  Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(await (await fetch(`${app.url}/metrics`)).text())?.[1] ?? 0);

test('what the operations of a user may cost in a minute is bounded, tokens included, and nobody else is', async () => {
  const user = await signedIn(app, 'anna');
  const machine = await aMachine(app, user, []);
  const costly = '{ sessions(first: 500) { nodes { id } } }';
  // What it owes then takes longer than a minute to be forgotten.
  const costlier = `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: sessions(first: 500) { nodes { id } }`).join(' ')} }`;
  const refusals = await metric('signalbox_refusals_total{limit="points"}');

  const answers = [await graphql(app.url, costly, {}, user), await graphql(app.url, costlier, {}, machine)];
  const refused = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(user) },
    body: JSON.stringify({ query: '{ me { id } }' }),
  });

  expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined]);
  const { data: none, errors } = (await refused.json()) as { data: unknown; errors: any[] };
  expect(none ?? null).toBeNull();
  expect(errors).toEqual([
    {
      message: 'The operations of a minute may cost 1000 points: try again later',
      extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) },
    },
  ]);
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(errors[0].extensions.retryAfterMs / 1000)));
  expect((await graphql(app.url, '{ me { id } }', {}, machine)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  const socket = await TestSocket.connect(app.url, user.token);
  expect(await socket.ask('1', '{ me { id } }')).toMatchObject({ payload: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] } });
  await socket.end();
  expect((await graphql(app.url, '{ me { id } }', {}, await signedIn(app, 'bert'))).errors).toBeUndefined();
  expect(await metric('signalbox_refusals_total{limit="points"}')).toBe(refusals + 3);
});

test('strangers are bounded by their address', async () => {
  const ask = async (address: string) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    return ((await response.json()) as any).errors?.[0].extensions.code ?? null;
  };

  const codes: string[] = [];
  for (let n = 0; n < 101; n += 1) codes.push(await ask('203.0.113.1'));

  expect(codes.filter((code) => code === null).length).toBeGreaterThanOrEqual(100);
  await eventually(
    'the limit',
    () => ask('203.0.113.1'),
    (code) => code === 'RATE_LIMITED',
  );
  expect(await ask('203.0.113.2')).toBeNull();
});

/** The status of an upgrade, and when to come again. */
const upgradeFrom = (address: string) =>
  new Promise<{ status: number; retryAfter: string | undefined; socket: WebSocket }>((resolve) => {
    const socket = new WebSocket(`${app.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': address },
    });
    socket.on('error', () => {});
    socket.once('open', () => resolve({ status: 101, retryAfter: undefined, socket }));
    socket.once('unexpected-response', (_request, response) =>
      resolve({ status: response.statusCode!, retryAfter: response.headers['retry-after'], socket }),
    );
  });

test('one address has so many sockets and no more, until some are closed', async () => {
  const open = await Promise.all(Array.from({ length: 10 }, () => upgradeFrom('203.0.113.5')));

  expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 101));
  expect(await upgradeFrom('203.0.113.5')).toMatchObject({ status: 429, retryAfter: '10' });
  expect(await metric('signalbox_refusals_total{limit="connections"}')).toBeGreaterThan(0);
  const elsewhere = await upgradeFrom('203.0.113.6');
  expect(elsewhere.status).toBe(101);
  for (const { socket } of [...open, elsewhere]) socket.terminate();
  const again = await eventually(
    'room for another one',
    () => upgradeFrom('203.0.113.5'),
    ({ status }) => status === 101,
  );
  again.socket.terminate();
});

test('one user has so many sockets and event streams together, wherever they come from', async () => {
  const user = await signedIn(app, 'carl');
  const sockets = await Promise.all(
    Array.from({ length: 9 }, async (_, n) => {
      const socket = await TestSocket.open(app.url, { 'x-forwarded-for': `203.0.113.${20 + n}` });
      socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${user.token}` } });
      await socket.message('the acknowledgement', ({ type }) => type === 'connection_ack');
      return socket;
    }),
  );
  const query = 'subscription { jobEvents { state cursor items { id } } }';
  const stream = await new TestEvents(app.url, query, user).until('the first page', ({ pages }) => pages.length > 0);

  const socket = await TestSocket.open(app.url, { 'x-forwarded-for': '203.0.113.40' });
  socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${user.token}` } });
  const refused = await fetch(`${app.url}/graphql/stream?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/event-stream', ...authHeaders(user) },
  });

  expect(await socket.close()).toEqual({
    code: 1013,
    reason: 'RATE_LIMITED: Too many connections of this user: 10 may be open at a time',
  });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
  expect(((await refused.json()) as any).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 10_000 } }]);
  stream.stop();
  for (const each of sockets) await each.end();
});

test('a socket carries as many operations as the setting says', async () => {
  const user = await signedIn(app, 'dora');
  const socket = await TestSocket.connect(app.url, user.token);
  const query = 'subscription { jobEvents { state cursor } }';
  for (const id of ['1', '2']) {
    socket.say({ id, type: 'subscribe', payload: { query } });
    await socket.message(`a page of ${id}`, (message) => message.id === id && message.type === 'next');
  }

  expect(await socket.ask('3', query)).toMatchObject({
    type: 'error',
    payload: [
      { message: 'A socket may carry 2 operations at a time: complete some, or open another', extensions: { code: 'LIMIT_EXCEEDED' } },
    ],
  });
  await socket.end();
});

test('of very many refused attempts of one caller some are not recorded, and the next one says how many', async () => {
  const user = await signedIn(app, 'emil');
  const attempt = () => mutate(app, 'enqueueJob', { name: 'upkeep.trimJobs' }, user);

  const { changes } = await recording(app, async () => {
    for (let n = 0; n < 5; n += 1) expect((await attempt()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
  await mutated(app, 'setSetting', { key: 'limits.denialsPerMinute', value: 4, expectedRevision: 2 }, admin);
  const next = await recording(app, attempt);

  expect(changes.map(({ action }) => action)).toEqual(['enqueueJob.denied', 'enqueueJob.denied', 'enqueueJob.denied']);
  const [row] = await rowsOf(app, sql`select details from changes where id = ${next.changes[0]!.id}`);
  expect(row!.details).toEqual({ leftOutBefore: 2 });
});

test('the limits are settings with a description and a default', async () => {
  const other = await startTestApp({ ROLE: 'api' });
  const auth = await signIn(other.url);

  const { settings } = await data(
    other.url,
    '{ settings(first: 500, filter: { key: { startsWith: "limits." } }) { nodes { key value } } }',
    {},
    auth,
  );

  expect(Object.fromEntries(settings.nodes.map(({ key, value }: any) => [key, value]))).toEqual({
    'limits.anonymousPointsPerMinute': 1_000_000,
    'limits.connectionsPerAddress': 5_000,
    'limits.connectionsPerUser': 5_000,
    'limits.denialsPerMinute': 120,
    'limits.operationsPerSocket': 1_000,
    'limits.pointsPerMinute': 100_000_000,
    'limits.triesPerAddress': 50,
    'limits.triesPerName': 5,
  });
  expect((await send(other.url, '{ me { id } }', {}, auth)).errors).toBeUndefined();
});
