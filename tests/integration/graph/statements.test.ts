import { ref } from '@mikro-orm/core';
import { beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { send, signIn } from '../../support/client.js';
import { aJob, anUpload } from '../../support/planted.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const ids: string[] = [];

beforeAll(async () => {
  const creators = [await aUser(app, 'creator 1'), await aUser(app, 'creator 2')];
  for (let n = 0; n < 100; n++) {
    const { id } = await aUser(app, `parent-${String(n).padStart(3, '0')}`, ['viewer', 'operator'], { createdBy: ref(creators[n % 2]!) });
    ids.push(id);
    await anUpload(app, id);
    for (let i = 0; i < 2; i++) await aJob(app, id, { events: 3, lines: 2 });
  }
});

/** How many statements an operation runs, with its data. */
async function count(query: string, variables: object): Promise<{ statements: number; answer: any }> {
  const { data, errors, extensions } = await send(app.url, query, variables, admin);
  if (errors) throw new Error(JSON.stringify(errors));
  return { statements: extensions!.statements!, answer: data };
}

const declared = 'query($n: Int!)';
const parents = 'users(first: $n, filter: { username: { startsWith: "parent-" } }, orderBy: [{ field: USERNAME }])';

// Rows come with what they point at, and with the first list that is selected of them.
const reads: { name: string; query: string; statements: number }[] = [
  { name: 'a list', query: `${declared} { ${parents} { nodes { username isActive } } }`, statements: 1 },
  { name: 'a list and its count', query: `${declared} { ${parents} { totalCount nodes { username } } }`, statements: 2 },
  { name: 'only a count', query: `${declared} { ${parents} { totalCount } }`, statements: 1 },
  { name: 'only where the page stands', query: `${declared} { ${parents} { pageInfo { endCursor } } }`, statements: 1 },
  {
    name: 'many-to-many lists below one another',
    query: `${declared} { ${parents} { nodes { username roles(first: 5) { nodes { slug permissions { nodes { name } } } } } } }`,
    statements: 2,
  },
  {
    name: 'nested lists with their counts',
    query: `${declared} { ${parents} { totalCount nodes { jobs(first: 1) { totalCount nodes { name events(last: 1) { totalCount nodes { message } } } } } } }`,
    statements: 5,
  },
  {
    name: 'to-one relations, which come with what points at them',
    query: `${declared} { ${parents} { nodes { createdBy { username } uploads { nodes { name uploadedBy { username } } } roleAssignments { nodes { role { slug } } } } } }`,
    statements: 2,
  },
  { name: 'a derived field', query: `${declared} { ${parents} { nodes { permissions } } }`, statements: 2 },
  {
    name: 'streams below their subject',
    query: `${declared} { ${parents} { nodes { jobs(first: 9) { nodes { events { nodes { seq } } logs(last: 1) { edges { cursor node { text } } } } } } } }`,
    statements: 3,
  },
  {
    name: 'one list twice with the same arguments',
    query: `${declared} { ${parents} { nodes { a: roles(first: 1) { nodes { slug } } b: roles(first: 1) { nodes { name } } } } }`,
    statements: 1,
  },
  {
    name: 'one list twice with other arguments',
    query: `${declared} { ${parents} { nodes { a: roles(first: 1) { nodes { slug } } b: roles(last: 1) { nodes { slug } } } } }`,
    statements: 2,
  },
  {
    name: 'through fragments',
    query: `${declared} { ${parents} { ...page } } fragment page on UserConnection { nodes { ...user } } fragment user on User { username roles { ... on RoleConnection { nodes { slug } } } }`,
    statements: 1,
  },
];

test.each(reads)('$name: $statements statements, however many parents there are', async ({ query, statements }) => {
  const counted = [];
  for (const n of [1, 10, 100]) {
    const { answer, ...rest } = await count(query, { n });
    counted.push({ n, ...rest });
    if (answer.users.nodes) expect(answer.users.nodes).toHaveLength(n);
  }

  expect(counted).toEqual([1, 10, 100].map((n) => ({ n, statements })));
});

test.each([1, 10, 100])('nodes: one statement for %i objects of a type', async (n) => {
  const { statements, answer } = await count('query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { username } } }', {
    ids: ids.slice(0, n),
  });

  expect(answer.nodes).toHaveLength(n);
  expect(statements).toBe(1);
});

test('an operation that is answered without the database runs no statement', async () => {
  expect((await count('{ __typename node(id: "x") { id } nodes(ids: ["y", "z"]) { id } }', {})).statements).toBe(0);
});

test('a list that is skipped is not read', async () => {
  const query = 'query($with: Boolean!) { me { username roles @include(if: $with) { nodes { slug } } } }';

  expect((await count(query, { with: false })).statements).toBe(1);
  expect((await count(query, { with: true })).statements).toBe(2);
});
