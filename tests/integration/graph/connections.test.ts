import { beforeAll, expect, test } from 'vitest';
import { sql, type Sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { aJob } from '../../support/planted.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const count = 23;
let parent: string;
let job: string;

// Four users share each time of creation, so that only the id tells them apart.
beforeAll(async () => {
  parent = (await aUser(app, 'parent')).id;
  for (let n = 0; n < count; n++) await aUser(app, `page-${String((n * 7) % count).padStart(2, '0')}`, ['viewer', 'operator', 'approver']);
  await rowsOf(
    app,
    sql`update users set created_by_id = ${parent}, created_at = timestamptz '2026-01-01' + (n / 4) * interval '1 millisecond'
    from (select id as numbered, row_number() over (order by id) as n from users where username like 'page-%') s where id = numbered`,
  );
  job = (await aJob(app, parent, { events: 17, lines: 17 })).id;
  for (let n = 0; n < 12; n++) await aJob(app, parent, { events: 2 });
});

/** A list that can be paged through: how to ask for it, where it is in the answer, and the ids of all of it in its order. */
interface List {
  name: string;
  query: string;
  at: (answer: any) => any;
  ids: () => Promise<string[]>;
}

const paged = 'first: $first, after: $after, last: $last, before: $before';
const page = 'totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const declared = 'query($first: Int, $after: String, $last: Int, $before: String, $id: ID!)';
const filter = 'filter: { username: { startsWith: "page-" } }';
const idsOf = async (statement: Sql) => (await rowsOf<{ id: string }>(app, statement)).map(({ id }) => id);
const usersBy = (order: string) => () => idsOf(sql`select id from users where username like 'page-%' order by ${sql.raw(order)}`);

const lists: List[] = [
  {
    name: 'in the default order',
    query: `{ users(${paged}, ${filter}) { ${page} } }`,
    at: (answer) => answer.users,
    ids: usersBy('created_at, id'),
  },
  {
    name: 'newest first',
    query: `{ users(${paged}, ${filter}, orderBy: [{ field: CREATED_AT, direction: DESC }]) { ${page} } }`,
    at: (answer) => answer.users,
    ids: usersBy('created_at desc, id desc'),
  },
  {
    name: 'by a unique text',
    query: `{ users(${paged}, ${filter}, orderBy: [{ field: USERNAME }]) { ${page} } }`,
    at: (answer) => answer.users,
    ids: usersBy('username'),
  },
  {
    name: 'by two columns in opposite directions',
    query: `{ users(${paged}, ${filter}, orderBy: [{ field: CREATED_AT, direction: DESC }, { field: USERNAME, direction: ASC }]) { ${page} } }`,
    at: (answer) => answer.users,
    ids: usersBy('created_at desc, username, id'),
  },
  {
    name: 'nested below its parent',
    query: `{ user(id: $id) { createdUsers(${paged}) { ${page} } } }`,
    at: (answer) => answer.user.createdUsers,
    ids: usersBy('created_at, id'),
  },
  {
    name: 'many-to-many',
    query: `{ role(slug: "viewer") { users(${paged}, orderBy: [{ field: CREATED_AT, direction: DESC }]) { ${page} } } }`,
    at: (answer) => answer.role.users,
    ids: usersBy('created_at desc, id desc'),
  },
  {
    name: 'a list without a time, by its id',
    query: `{ role(slug: "operator") { assignments(${paged}) { ${page} } } }`,
    at: (answer) => answer.role.assignments,
    ids: () => idsOf(sql`select a.id from role_assignments a join roles r on r.id = a.role_id where r.slug = 'operator' order by a.id`),
  },
  {
    name: 'the events of one job',
    query: `{ job(id: $id) { events(${paged}) { ${page} } } }`,
    at: (answer) => answer.job.events,
    ids: () => idsOf(sql`select id from job_events where job_id = ${job} order by seq`),
  },
  {
    name: 'the lines of one job',
    query: `{ job(id: $id) { logs(${paged}) { ${page} } } }`,
    at: (answer) => answer.job.logs,
    ids: () => idsOf(sql`select id from job_log_lines where job_id = ${job} order by seq`),
  },
  {
    name: 'the events of all jobs',
    query: `{ jobEvents(${paged}) { ${page} } }`,
    at: (answer) => answer.jobEvents,
    ids: () => idsOf(sql`select id from job_events order by position`),
  },
];

async function read({ query, at }: List, args: object) {
  const id = query.includes('job(') ? job : parent;
  return at(
    await data(app.url, `${query.includes('$id') ? declared : declared.replace(', $id: ID!', '')} ${query}`, { id, ...args }, admin),
  );
}

async function walk(list: List, size: number, isForward: boolean): Promise<{ ids: string[]; totals: number[]; ends: boolean[] }> {
  const [ids, totals, ends]: [string[], number[], boolean[]] = [[], [], []];
  let cursor: string | null = null;
  for (;;) {
    const found: any = await read(list, isForward ? { first: size, after: cursor } : { last: size, before: cursor });
    const { pageInfo, edges, nodes } = found;
    expect(nodes).toEqual(edges.map(({ node }: any) => node));
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]);
    expect(isForward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage).toBe(cursor !== null);
    const pageIds = nodes.map((node: any) => node.id);
    ids.splice(isForward ? ids.length : 0, 0, ...pageIds);
    totals.push(found.totalCount);
    ends.push(isForward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage);
    cursor = isForward ? pageInfo.endCursor : pageInfo.startCursor;
    if (!ends.at(-1)) return { ids, totals, ends };
  }
}

const walks = lists.flatMap((list) =>
  [1, 4, 500].flatMap((size) => [true, false].map((isForward) => ({ list, name: list.name, size, isForward }))),
);

test.each(walks)('$name, $size at a time, forward: $isForward: every row once and in order', async ({ list, size, isForward }) => {
  const expected = await list.ids();

  const { ids, totals, ends } = await walk(list, size, isForward);

  expect(expected.length).toBeGreaterThanOrEqual(17);
  expect(ids).toEqual(expected);
  expect(totals).toEqual(ends.map(() => expected.length));
  expect(ends).toHaveLength(Math.ceil(expected.length / size));
});

test.each(lists)('$name: what lies before a cursor and after it makes up the whole list', async (list) => {
  const expected = await list.ids();
  const { edges } = await read(list, { first: 500 });

  for (const at of [0, 1, 8, expected.length - 1]) {
    const { cursor } = edges[at];
    const before = await read(list, { last: 500, before: cursor });
    const after = await read(list, { first: 500, after: cursor });
    expect([...before.nodes, edges[at].node, ...after.nodes].map(({ id }: any) => id)).toEqual(expected);
    expect([before.pageInfo.hasPreviousPage, after.pageInfo.hasNextPage]).toEqual([false, false]);
  }
});

test('a row that is added or removed before the cursor moves nothing on the pages behind it', async () => {
  const list = lists.find(({ name }) => name === 'by a unique text')!;
  const expected = await list.ids();
  const first = await read(list, { first: 5 });

  const { id } = await aUser(app, 'page-00-added');
  const added = await read(list, { first: 5, after: first.pageInfo.endCursor });
  await rowsOf(app, sql`delete from users where id = ${id}`);
  const removed = await read(list, { first: 5, after: first.pageInfo.endCursor });

  expect(added.nodes.map((node: any) => node.id)).toEqual(expected.slice(5, 10));
  expect(removed.nodes).toEqual(added.nodes);
  expect([first.totalCount, added.totalCount, removed.totalCount]).toEqual([count, count + 1, count]);
});

test('each parent gets its own page and count of a nested list, one without rows an empty one', async () => {
  const lonely = (await aUser(app, 'lonely')).id;

  const { nodes } = await data(
    app.url,
    `query($ids: [ID!]!) { nodes(ids: $ids) { ... on User {
      username createdUsers(first: 2, orderBy: [{ field: USERNAME }]) { totalCount nodes { username } pageInfo { hasNextPage } } } } }`,
    { ids: [lonely, parent] },
    admin,
  );

  expect(nodes).toEqual([
    { username: 'lonely', createdUsers: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } } },
    {
      username: 'parent',
      createdUsers: { totalCount: count, nodes: [{ username: 'page-00' }, { username: 'page-01' }], pageInfo: { hasNextPage: true } },
    },
  ]);
});

test('a filter of a nested list counts and pages within each parent', async () => {
  const { user, users } = await data(
    app.url,
    `query($id: ID!) {
      user(id: $id) { createdUsers(filter: { username: { gte: "page-20" } }) { totalCount nodes { username } } }
      users(filter: { username: { in: ["page-00", "lonely"] } }, orderBy: [{ field: USERNAME }]) {
        nodes { username roles(filter: { slug: { startsWith: "o" } }) { totalCount nodes { slug } } } } }`,
    { id: parent },
    admin,
  );

  expect(user.createdUsers.totalCount).toBe(3);
  expect(user.createdUsers.nodes.map(({ username }: any) => username).sort()).toEqual(['page-20', 'page-21', 'page-22']);
  expect(users.nodes).toEqual([
    { username: 'lonely', roles: { totalCount: 0, nodes: [] } },
    { username: 'page-00', roles: { totalCount: 1, nodes: [{ slug: 'operator' }] } },
  ]);
});

test('one list under several names and arguments in one operation keeps them apart', async () => {
  const shown = await data(
    app.url,
    `{ a: users(${filter}, first: 1, orderBy: [{ field: USERNAME }]) { totalCount nodes { username } }
       b: users(${filter}, last: 1, orderBy: [{ field: USERNAME }]) { totalCount nodes { username } }
       c: users(filter: { username: { eq: "page-03" } }) { totalCount nodes { username } }
       d: users(filter: { username: { eq: "page-04" } }) { totalCount } }`,
    {},
    admin,
  );

  expect(shown).toEqual({
    a: { totalCount: count, nodes: [{ username: 'page-00' }] },
    b: { totalCount: count, nodes: [{ username: 'page-22' }] },
    c: { totalCount: 1, nodes: [{ username: 'page-03' }] },
    d: { totalCount: 1 },
  });
});

test.each([
  ['first: 0', { nodes: 0, hasNextPage: true, hasPreviousPage: false }],
  ['last: 0', { nodes: 0, hasNextPage: false, hasPreviousPage: true }],
  ['first: 500', { nodes: count, hasNextPage: false, hasPreviousPage: false }],
  ['last: 500', { nodes: count, hasNextPage: false, hasPreviousPage: false }],
  ['first: null, last: null, after: null, before: null', { nodes: count, hasNextPage: false, hasPreviousPage: false }],
])('users(%s) is a page like any other', async (args, { nodes, ...ends }) => {
  const { users } = await data(app.url, `{ users(${args}, ${filter}) { totalCount ${page} } }`, {}, admin);

  expect(users.nodes).toHaveLength(nodes);
  expect(users.pageInfo).toMatchObject(ends);
  expect(users.totalCount).toBe(count);
});

test('without first and last a page has 50 rows', async () => {
  const { permissions, jobEvents } = await data(
    app.url,
    `{ permissions { nodes { id } } jobEvents { totalCount nodes { id } pageInfo { hasNextPage } } }`,
    {},
    admin,
  );
  await aJob(app, parent, { events: 60 });
  const more = await data(app.url, '{ jobEvents { totalCount nodes { id } pageInfo { hasNextPage } } }', {}, admin);

  expect(permissions.nodes.length).toBeLessThan(50);
  expect(jobEvents).toMatchObject({ totalCount: 41, pageInfo: { hasNextPage: false } });
  expect(more.jobEvents.nodes).toHaveLength(50);
  expect(more.jobEvents).toMatchObject({ totalCount: 101, pageInfo: { hasNextPage: true } });
});

test.each([
  { args: 'first: -1', paths: ['first'] },
  { args: 'first: 501', paths: ['first'] },
  { args: 'last: -1', paths: ['last'] },
  { args: 'last: 501', paths: ['last'] },
  { args: 'first: 1, last: 1', paths: ['first', 'last'] },
  { args: 'first: 1, before: "x"', paths: ['before'] },
  { args: 'last: 1, after: "x"', paths: ['after'] },
])('users($args) is bad input', async ({ args, paths }) => {
  for (const query of [`{ users(${args}) { nodes { id } } }`, `{ users(${args}) { totalCount } }`])
    expect((await graphql(app.url, query, {}, admin)).errors).toMatchObject([
      { path: ['users'], extensions: { code: 'BAD_USER_INPUT', paths } },
    ]);
});
