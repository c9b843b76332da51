import { beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { data, graphql, signIn } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
let jobs: string[];

beforeAll(async () => {
  for (const name of ['anna', 'bert', 'carl']) await aUser(app, name, ['viewer']);
  jobs = [(await aJob(app, null, { events: 3, lines: 3 })).id, (await aJob(app, null, { events: 3, lines: 3 })).id];
});

/** What asks for a list, and the argument that takes the cursor. */
const asks = {
  users: 'query($c: String) { users(after: $c) { nodes { id } } }',
  'users before': 'query($c: String) { users(before: $c) { nodes { id } } }',
  'users by name': 'query($c: String) { users(after: $c, orderBy: [{ field: USERNAME }]) { nodes { id } } }',
  'users, newest first': 'query($c: String) { users(after: $c, orderBy: [{ field: CREATED_AT, direction: DESC }]) { nodes { id } } }',
  roles: 'query($c: String) { roles(after: $c) { nodes { id } } }',
  jobEvents: 'query($c: String) { jobEvents(after: $c) { nodes { id } } }',
  'events of a job': 'query($c: String, $job: ID!) { job(id: $job) { events(after: $c) { nodes { id } } } }',
  'lines of a job': 'query($c: String, $job: ID!) { job(id: $job) { logs(after: $c) { nodes { id } } } }',
};
type Ask = keyof typeof asks;
const ask = (name: Ask, c: string, job = jobs[0]) =>
  graphql(app.url, asks[name], { c, ...(asks[name].includes('$job') && { job }) }, admin);

/** A cursor of each list, as the server gives it. */
async function genuine(name: Ask, job = jobs[0]): Promise<string> {
  const query = asks[name]
    .replace(/\(\$c: String(, )?/, (_, more) => (more ? '(' : ''))
    .replace(/^query\)/, 'query')
    .replace(/(after|before): \$c,?/, 'first: 1')
    .replace('nodes { id }', 'edges { cursor }');
  const [list] = Object.values(await data(app.url, query, asks[name].includes('$job') ? { job } : {}, admin)) as any[];
  return (list.edges ?? Object.values<any>(list)[0].edges)[0].cursor;
}

const made = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64url');
const refused = (argument: string) => ({
  errors: [{ path: expect.any(Array), extensions: { code: 'BAD_USER_INPUT', paths: [argument] } }],
});

test('a cursor goes with its list and its order', async () => {
  const names = (Object.keys(asks) as Ask[]).filter((name) => name !== 'users before');
  const cursors = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await genuine(name)] as const)));

  for (const name of names)
    for (const from of names) {
      const answer = await ask(name, cursors[from]!);
      if (name === from) expect(answer.errors).toBeUndefined();
      else expect(answer, `the cursor of ${from} in ${name}`).toMatchObject(refused('after'));
    }
  expect((await ask('users before', cursors.users!)).errors).toBeUndefined();
  expect(await ask('users before', cursors.roles!)).toMatchObject(refused('before'));
});

test('a cursor in the events of one job is no cursor of another job', async () => {
  const cursor = await genuine('events of a job', jobs[0]);

  expect(await ask('events of a job', cursor, jobs[1])).toMatchObject({
    data: { job: null },
    ...refused('after'),
  });
});

const order = 'User:createdAt,id';
const [time, id] = ['2026-01-01T00:00:00.000Z', '01a1fc72-0000-7002-8000-000000000000'];
const tampered: Record<string, string> = {
  'an empty text': '',
  'a word': 'cursor',
  'a number': '17',
  'no base64': '%%%',
  'base64 of a text': Buffer.from('hello').toString('base64url'),
  'base64 of an object': made({ createdAt: time, id }),
  'base64 of null': made(null),
  'an empty array': made([]),
  'another version': made([2, order, time, id]),
  'no order': made([1]),
  'an order that is no text': made([1, { toString: 1 }, time, id]),
  'too few values': made([1, order, time]),
  'too many values': made([1, order, time, id, id]),
  'no time': made([1, order, 'yesterday', id]),
  'a time in another form': made([1, order, '2026-01-01', id]),
  'a number for a time': made([1, order, 1_767_225_600_000, id]),
  'no id': made([1, order, time, 'x']),
  'null for a time': made([1, order, null, id]),
  'null for an id': made([1, order, time, null]),
  'an object for an id': made([1, order, time, { toString: 'x' }]),
  'an array for an id': made([1, order, time, [id]]),
  'SQL for an id': made([1, order, time, "x') or 1=1 --"]),
  'a text with a NUL': made([1, order, `${time}\0`, id]),
  'a long text': made([1, order, time, 'x'.repeat(100_000)]),
};

test.each(Object.entries(tampered))('%s is no cursor', async (_name, cursor) => {
  expect(await ask('users', cursor)).toMatchObject({ data: null, ...refused('after') });
  expect(await ask('users before', cursor)).toMatchObject({ data: null, ...refused('before') });
});

test.each([{}, { '*': -1 }, { '*': 1.5 }, { '*': '1' }, { '*': null }, { '*': 2 ** 60 }, { other: 1 }, [1], 'x', null])(
  'the positions %j are no cursor of a stream',
  async (positions) => {
    expect(await ask('jobEvents', made([1, positions]))).toMatchObject({ data: null, ...refused('after') });
  },
);

test('names of an order that every object has are no streams', async () => {
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(await ask('jobEvents', Buffer.from(`[1,{"${name}":1}]`).toString('base64url'))).toMatchObject(refused('after'));
});

test('SQL in a cursor of a text stays a text', async () => {
  const cursor = made([1, 'User:username,id', "x') or 1=1; drop table users; --", id]);

  expect(await ask('users by name', cursor)).toEqual({ data: { users: { nodes: [] } } });
  expect((await data(app.url, '{ users { totalCount } }', {}, admin)).users.totalCount).toBe(4);
});
