import { afterEach, expect, test } from 'vitest';
import { endStreams } from '#core/feed/streams.js';
import { eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { appendLines } from '../../support/append.js';
import { authHeaders, data, signIn } from '../../support/client.js';
import { TestEvents } from '../../support/events.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, eventually, startProbeApp } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api', HEARTBEAT_MS: '300', MAX_BODY_BYTES: '65536' });
const admin = await signIn(app.url);
const { meter, bell } = app.system;
const idle = bell.listening;

afterEach(() =>
  eventually(
    'all feeds to be over',
    () => [meter.subscribers, bell.listening],
    ([subscribers, listening]) => subscribers === 0 && listening === idle,
  ),
);

const aJob = () => enqueue(app.url, 'probe.print', { lines: 1 }, admin);
const logsOf = (id: string, after?: string) =>
  `subscription { jobLogs(jobId: "${id}"${after ? `, after: "${after}"` : ''}) { state cursor total reason items { seq text } } }`;
const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...authHeaders(admin), ...headers },
    body: JSON.stringify(body),
  });

test('a feed comes over server-sent events with the same pages and cursors as over a socket, until its end', async () => {
  const { id, cursor } = await aJob();
  await appendLines(app.system, id, ['one', 'two']);
  const events = await new TestEvents(app.url, logsOf(id, cursor), admin).until('the replay', ({ items }) => items.length === 2);
  const socket = await followFeed(app.url, 'jobLogs', id, admin, { after: events.pages.at(-1)!.cursor }).until(
    'its first page',
    ({ pages }) => pages.length > 0,
  );

  await appendLines(app.system, id, ['three']);
  await socket.until('the line', ({ items }) => items.length === 1);
  await events.until('the line', ({ items }) => items.length === 3);
  await endStreams(app.system.database.fork(), 'SUCCEEDED', linesOf(id), eventsOf(id));
  bell.ring(linesOf(id));

  await events.until('its end', ({ end }) => end !== null);
  await socket.ended();
  expect(events.items.map(({ seq, text }) => [seq, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]);
  expect(events.pages.at(-1)).toEqual({ ...socket.pages.at(-1) });
  expect([events.end, events.errors]).toEqual(['completed', null]);
});

test('a feed resumes over server-sent events behind a cursor of a socket', async () => {
  const { id } = await aJob();
  const socket = await followFeed(app.url, 'jobLogs', id, admin).until('its first page', ({ pages }) => pages.length > 0);
  await appendLines(app.system, id, ['seen']);
  await socket.until('the line', ({ items }) => items.length === 1);
  await socket.stop();
  await appendLines(app.system, id, ['missed']);

  const events = await new TestEvents(app.url, logsOf(id, socket.cursor), admin).until('the line', ({ items }) => items.length > 0);

  expect(events.items).toEqual([{ seq: 2, text: 'missed' }]);
  events.stop();
});

test('an idle feed sends heartbeats', async () => {
  const { id } = await aJob();
  const events = await new TestEvents(app.url, logsOf(id), admin).until('three pages', ({ pages }) => pages.length >= 3);

  expect(events.pages.map(({ state, items }) => [state, items.length])).toEqual(events.pages.map(() => ['LIVE', 0]));
  events.stop();
});

test('a feed ends with the typed reason when its session is revoked', async () => {
  const user = await signedIn(app, 'edna', ['viewer']);
  const { id } = await aJob();
  const events = await new TestEvents(app.url, logsOf(id), user).until('its first page', ({ pages }) => pages.length > 0);

  await data(app.url, 'mutation($id: ID!) { revokeSession(input: { id: $id }) { cursor } }', { id: user.sessionId }, admin);

  await events.until('its end', ({ end }) => end !== null);
  expect([events.end, events.errors]).toEqual([
    'completed',
    [{ message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }],
  ]);
});

test('a query and a mutation are answered too, and what is wrong comes as an error with its code', async () => {
  const ask = async (query: string, auth = admin): Promise<[unknown, unknown]> => {
    const events = await new TestEvents(app.url, query, auth).until('its end', ({ end }) => end !== null);
    return [events.pages, events.errors?.map(({ extensions }) => extensions.code) ?? null];
  };

  expect(await ask('{ me { username } }')).toEqual([[{ username: 'admin' }], null]);
  expect(await ask('{ nope }')).toEqual([[], ['BAD_USER_INPUT']]);
  expect(await ask('subscription { jobLogs(jobId: "x") { state } }')).toEqual([[], ['NOT_FOUND']]);
  expect(await ask('subscription { jobEvents(after: "x") { state } }')).toEqual([[], ['BAD_USER_INPUT']]);
});

test.each([
  ['a token that is not valid', { query: '{ me { id } }' }, { authorization: 'Bearer wrong' }, 401, 'UNAUTHENTICATED'],
  ['a client that takes no events', { query: '{ me { id } }' }, { accept: 'application/json' }, 400, 'BAD_USER_INPUT'],
  ['no query', {}, {}, 400, 'BAD_USER_INPUT'],
  ['another content type', { query: '{ me { id } }' }, { 'content-type': 'text/plain' }, 400, 'BAD_USER_INPUT'],
  ['a body that is too large', { query: `{ me { id } } #${'x'.repeat(70_000)}` }, {}, 413, 'LIMIT_EXCEEDED'],
])('%s is refused before a stream begins', async (_case, body, headers, status, code) => {
  const response = await post(body, headers as Record<string, string>);

  expect([response.status, ((await response.json()) as any).errors[0].extensions.code]).toEqual([status, code]);
});

test('a stream that the client leaves lets go at once', async () => {
  const { id } = await aJob();
  const events = await new TestEvents(app.url, logsOf(id), admin).until('its first page', ({ pages }) => pages.length > 0);
  expect(meter.subscribers).toBe(1);

  events.stop();

  await eventually(
    'the feed to be over',
    () => meter.subscribers,
    (subscribers) => subscribers === 0,
  );
});
