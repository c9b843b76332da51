import { beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { data, graphql, signIn } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const ids: Record<string, string> = {};
const emails: Record<string, string | null> = { a_b: 'a_b@example.org', axb: null, 'a%b': 'percent@example.org', 'a\\b': null, A_b: null };

beforeAll(async () => {
  for (const [username, email] of Object.entries(emails)) ids[username] = (await aUser(app, username, [], { email })).id;
  await aUser(app, "o'brien; drop table users; --", [], { isActive: false });
  await aJob(app, ids.a_b!, { status: 'QUEUED', queuedAt: new Date('2026-01-01T00:00:00.000Z') });
  await aJob(app, ids.axb!, { status: 'SUCCEEDED', queuedAt: new Date('2026-01-01T00:00:00.001Z') });
  await aJob(app, null, { status: 'FAILED' });
});

const others = ['admin', "o'brien; drop table users; --"];
const all = [...Object.keys(emails), ...others];

async function namesOf(filter: object | null): Promise<string[]> {
  const { users } = await data(
    app.url,
    'query($f: UserFilter) { users(filter: $f) { totalCount nodes { username } } }',
    { f: filter },
    admin,
  );
  expect(users.totalCount).toBe(users.nodes.length);
  return users.nodes.map(({ username }: { username: string }) => username).sort();
}

const without = (...names: string[]) => all.filter((name) => !names.includes(name));
const cases: [name: string, filter: object | null, found: string[]][] = [
  ['no filter', null, all],
  ['an empty filter', {}, all],
  ['an empty condition', { username: {} }, all],
  ['eq', { username: { eq: 'a_b' } }, ['a_b']],
  ['eq, told apart by case', { username: { eq: 'A_B' } }, []],
  ['ne', { username: { ne: 'a_b' } }, without('a_b')],
  ['ne, which null is not', { email: { ne: 'a_b@example.org' } }, without('a_b')],
  ['in', { username: { in: ['a_b', 'axb', 'nobody'] } }, ['a_b', 'axb']],
  ['in nothing', { username: { in: [] } }, []],
  ['lt and gte together', { username: { gte: 'a%b', lt: 'a%c' } }, ['a%b']],
  ['gt and lte together', { username: { gt: 'a%', lte: 'a%b' } }, ['a%b']],
  ['isNull', { email: { isNull: true } }, without('a_b', 'a%b')],
  ['isNull: false', { email: { isNull: false } }, ['a%b', 'a_b']],
  ['startsWith', { username: { startsWith: 'a' } }, ['a_b', 'axb', 'a%b', 'a\\b', 'admin']],
  ['startsWith, told apart by case', { username: { startsWith: 'A' } }, ['A_b']],
  ['startsWith with _', { username: { startsWith: 'a_' } }, ['a_b']],
  ['startsWith with %', { username: { startsWith: 'a%' } }, ['a%b']],
  ['startsWith with \\', { username: { startsWith: 'a\\' } }, ['a\\b']],
  ['startsWith with only %', { username: { startsWith: '%' } }, []],
  ['startsWith nothing', { username: { startsWith: '' } }, all],
  ['startsWith of a column that may be null', { email: { startsWith: 'a_b@' } }, ['a_b']],
  ['a boolean', { isActive: { eq: false } }, ["o'brien; drop table users; --"]],
  ['several fields, which must all hold', { isActive: { eq: true }, username: { startsWith: 'o' } }, []],
  ['and', { and: [{ username: { startsWith: 'a' } }, { email: { isNull: false } }] }, ['a%b', 'a_b']],
  ['and of nothing', { and: [] }, all],
  ['or', { or: [{ username: { eq: 'axb' } }, { email: { isNull: false } }] }, ['a%b', 'a_b', 'axb']],
  ['or of nothing', { or: [] }, []],
  ['not', { not: { username: { in: ['a_b', 'axb'] } } }, without('a_b', 'axb')],
  ['not, where the condition is neither true nor false', { not: { email: { eq: 'a_b@example.org' } } }, without('a_b')],
  ['not of everything', { not: {} }, []],
  ['a field beside or', { isSuperuser: { eq: false }, or: [{ username: { eq: 'admin' } }, { username: { eq: 'axb' } }] }, ['axb']],
  [
    'and, or and not within one another',
    { not: { or: [{ and: [{ username: { startsWith: 'a' } }, { not: { email: { isNull: true } } }] }, { isActive: { eq: false } }] } },
    ['A_b', 'a\\b', 'admin', 'axb'],
  ],
  ['a quote in a value', { username: { eq: "o'brien; drop table users; --" } }, ["o'brien; drop table users; --"]],
  ['a value that would end a statement', { username: { eq: "' or 1=1; drop table users; --" } }, []],
  ['a start that would end a statement', { username: { startsWith: "a%' or '1'='1" } }, []],
  ['a list that would end a statement', { username: { in: ["') or 1=1 --", '$1', '?', '${x}'] } }, []],
];

test.each(cases)('%s', async (_name, filter, found) => {
  expect(await namesOf(filter)).toEqual([...found].sort());
});

test('ids, relations, enums and times can be filtered by', async () => {
  const find = async (filter: object) =>
    (await data(app.url, 'query($f: JobFilter) { jobs(filter: $f) { nodes { status } } }', { f: filter }, admin)).jobs.nodes
      .map(({ status }: { status: string }) => status)
      .sort();

  expect(await find({ requestedBy: { eq: ids.a_b } })).toEqual(['QUEUED']);
  expect(await find({ requestedBy: { in: [ids.a_b, ids.axb] } })).toEqual(['QUEUED', 'SUCCEEDED']);
  expect(await find({ requestedBy: { ne: ids.a_b } })).toEqual(['FAILED', 'SUCCEEDED']);
  expect(await find({ requestedBy: { isNull: true } })).toEqual(['FAILED']);
  expect(await find({ status: { in: ['FAILED', 'SUCCEEDED'] } })).toEqual(['FAILED', 'SUCCEEDED']);
  expect(await find({ status: { ne: 'FAILED' } })).toEqual(['QUEUED', 'SUCCEEDED']);
  expect(await find({ queuedAt: { lt: '2026-01-01T00:00:00.001Z' } })).toEqual(['QUEUED']);
  expect(await find({ queuedAt: { eq: '2026-01-01T01:00:00.001+01:00' } })).toEqual(['SUCCEEDED']);
  expect(await find({ queuedAt: { gt: '2026-01-01T00:00:00.000Z' } })).toEqual(['SUCCEEDED']);
});

const refusals: [name: string, filter: object, paths?: string[]][] = [
  ['null for a field', { username: null }, ['filter.username']],
  ['null for a value', { username: { eq: null } }, ['filter.username.eq']],
  ['null for isNull', { email: { isNull: null } }, ['filter.email.isNull']],
  ['null for and', { and: null }, ['filter.and']],
  ['null deep within', { and: [{ or: [{ not: { username: { ne: null } } }] }] }, ['filter.and.0.or.0.not.username.ne']],
  ['501 values', { username: { in: Array.from({ length: 501 }, (_, i) => `${i}`) } }, ['filter.username.in']],
  ['an id that is none', { id: { eq: 'x' } }],
  ['a list of ids with one that is none', { id: { in: ['01a1fc72-0000-7002-8000-000000000000', "' or 1=1"] } }],
  ['a text that no database can store', { username: { eq: 'a\0b' } }],
  ['a field that does not exist', { nope: { eq: 'x' } }],
  ['a field that may not be filtered by', { fullName: { eq: 'x' } }],
  ['a column name', { created_by_id: { eq: 'x' } }],
  ['an operator that does not exist', { username: { like: '%' } }],
  ['an operator of another type', { isActive: { startsWith: 't' } }],
  ['a field that every object has', JSON.parse('{"__proto__":{"eq":"x"}}') as object],
  ['another field that every object has', { constructor: { eq: 'x' } }],
  ['a number for a text', { username: { eq: 1 } }],
  ['a list for a text', { username: { eq: ['admin'] } }],
];

test.each(refusals)('%s is bad input', async (_name, filter, paths) => {
  const answer = await graphql(app.url, 'query($f: UserFilter) { users(filter: $f) { totalCount } }', { f: filter }, admin);

  expect(answer.data ?? null).toBeNull();
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', ...(paths && { paths }) });
});

test('500 values are taken', async () => {
  expect(await namesOf({ username: { in: ['a_b', ...Array.from({ length: 499 }, (_, i) => `${i}`)] } })).toEqual(['a_b']);
});

test.each(['username; drop table users', 'username', 'username desc', 'passwordHash', 'id) --'])(
  'there is no order by %j',
  async (field) => {
    const answer = await graphql(app.url, 'query($o: [UserOrder!]) { users(orderBy: $o) { totalCount } }', { o: [{ field }] }, admin);

    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await namesOf(null)).toEqual([...all].sort());
  },
);

test.each([21, 1_000, 3_000, 10_000, 50_000])(
  'a filter that is nested %i deep is over the limit, and the server goes on',
  async (depth) => {
    const filter = `${'{"not":'.repeat(depth)}{"username":{"eq":"admin"}}${'}'.repeat(depth)}`;

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.token}` },
      body: `{"query":"query($f: UserFilter) { users(filter: $f) { totalCount } }","variables":{"f":${filter}}}`,
    });

    expect(((await response.json()) as any).errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    expect(await namesOf({ username: { eq: 'admin' } })).toEqual(['admin']);
  },
);

test('a filter may be nested 20 deep', async () => {
  const nested = Array.from({ length: 20 }).reduce<object>((inner) => ({ not: inner }), { username: { eq: 'admin' } });

  expect(await namesOf(nested)).toEqual(['admin']);
});
