import { ref } from '@mikro-orm/core';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { rightsStream } from '#core/policy/actor.js';
import { Policies } from '#core/policy/policy.js';
import { Upload } from '#domains/files/upload.entity.js';
import { Job } from '#domains/jobs/job.entity.js';
import { domains } from '../../../src/domains.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, upload, type Auth } from '../../support/client.js';
import { followFeed, TestFeed } from '../../support/feed.js';
import { aJob, anUpload, aRow } from '../../support/planted.js';
import { aRole } from '../../support/roles.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const blind = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
/** Types whose rows whoever is signed in sees; a type that joins them is a decision. */
const seenByAll = ['GlobalConfig', 'Permission', 'Role', 'Toolkit'];
const hidden = graph.declared.map(declarationOf).filter(({ name }) => name !== undefined && !seenByAll.includes(name));
const planted = new Map<string, string>();
let owner: Auth & { id: string; sessionId: string };
let stranger: Auth & { id: string; sessionId: string };
let job: Job;

beforeAll(async () => {
  await aRole(app, 'secretive', []);
  owner = await signedIn(app, 'owner', ['secretive']);
  stranger = await signedIn(app, 'stranger');
  job = await aJob(app, owner.id, { events: 3, lines: 3 });
  for (const { entity, name } of hidden) planted.set(name!, await aRow(app, entity, name === 'Setting' ? { isFeatureFlag: false } : {}));
  await app.system.sequencer.run();
});

const listed = hidden.flatMap(({ name, many }) => (many ? [{ name: name!, many }] : []));

test.each(listed)('no $name of another user is in $many, nor in its count, with a filter or without', async ({ name, many }) => {
  const query = `query($id: ID!) { ${many}(first: 500) { totalCount edges { node { id } } nodes { id } }
    filtered: ${many}(filter: { id: { eq: $id } }) { totalCount nodes { id } }
    others: ${many}(filter: { not: { id: { ne: $id } } }, last: 500) { totalCount nodes { id } } }`;
  const id = planted.get(name)!;

  const forAdmin = await data(app.url, query, { id }, admin);
  const forStranger = await data(app.url, query, { id }, stranger);

  expect([forAdmin.filtered, forAdmin.others]).toEqual([
    { totalCount: 1, nodes: [{ id }] },
    { totalCount: 1, nodes: [{ id }] },
  ]);
  expect([forStranger.filtered, forStranger.others]).toEqual([
    { totalCount: 0, nodes: [] },
    { totalCount: 0, nodes: [] },
  ]);
  const flags = await rowsOf(app, sql`select id from settings where is_feature_flag order by id`);
  const owned: Record<string, string[]> = { User: [stranger.id], Session: [stranger.sessionId], Setting: flags.map((flag) => flag.id) };
  const own = owned[name] ?? [];
  expect(forStranger[many]).toEqual({
    totalCount: own.length,
    edges: own.map((each) => ({ node: { id: each } })),
    nodes: own.map((each) => ({ id: each })),
  });
});

test.each(hidden.flatMap(({ name, one, keys = [] }) => (one ? [{ name: name!, one, keys }] : [])))(
  'the lookup $one finds no $name of another user, by no key',
  async ({ name, one, keys }) => {
    const id = planted.get(name)!;
    const lookup = (auth: Auth) => data(app.url, `query($id: ID!) { ${one}(id: $id) { id } }`, { id }, auth);

    expect(await lookup(admin)).toEqual({ [one]: { id } });
    expect(await lookup(stranger)).toEqual({ [one]: null });
    const { table, fields } = declarationOf(hidden.find((each) => each.name === name)!.entity);
    for (const key of keys.map((each) => (typeof each === 'string' ? [each] : each))) {
      const columns = key.map((each) => sql`${sql.ref((fields.get(each) as { column: string }).column)} as ${sql.ref(each)}`);
      const [row] = await rowsOf(app, sql`select ${sql.join(columns)} from ${sql.ref(table)} where id = ${id}`);
      const given = Object.entries(row!).map(([each, value]) => `${each}: ${JSON.stringify(value)}`);
      const byKey = (auth: Auth) => data(app.url, `{ ${one}(${given.join(', ')}) { id } }`, {}, auth);
      expect(await byKey(admin)).toEqual({ [one]: { id } });
      expect(await byKey(stranger)).toEqual({ [one]: null });
    }
  },
);

test.each([...listed.map(({ many }) => many), 'roles', 'permissions'])('%s shows nothing to whoever is not signed in', async (many) => {
  const answer = await graphql(app.url, `{ ${many} { totalCount nodes { id } } }`);

  expect(answer).toMatchObject({ data: null, errors: [{ path: [many], extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('a nested list or connection below something that is seen shows and counts no row of another user', async () => {
  const query = `{ role(slug: "secretive") { users { totalCount nodes { username } edges { node { username } } } assignments { totalCount nodes { id } } }
    permission(name: "job:read") { roles(filter: { slug: { eq: "admin" } }) { nodes { slug users { totalCount } assignments { totalCount } } } } }`;

  const [forAdmin, forStranger] = [await data(app.url, query, {}, admin), await data(app.url, query, {}, stranger)];

  expect(forAdmin.role.users).toEqual({ totalCount: 1, nodes: [{ username: 'owner' }], edges: [{ node: { username: 'owner' } }] });
  expect(forAdmin.role.assignments.totalCount).toBe(1);
  expect(forAdmin.permission.roles.nodes).toEqual([{ slug: 'admin', users: { totalCount: 1 }, assignments: { totalCount: 1 } }]);
  expect(forStranger).toEqual({
    role: { users: { totalCount: 0, nodes: [], edges: [] }, assignments: { totalCount: 0, nodes: [] } },
    permission: { roles: { nodes: [{ slug: 'admin', users: { totalCount: 0 }, assignments: { totalCount: 0 } }] } },
  });
});

test('a filter by the relation to another user finds and counts nothing', async () => {
  const query = `query($id: ID!) { sessions(filter: { user: { eq: $id } }) { totalCount nodes { id } } jobs(filter: { requestedBy: { in: [$id] } }) { totalCount nodes { id } }
    roleAssignments(filter: { user: { eq: $id } }) { totalCount } jobEvents(filter: { status: { eq: QUEUED } }) { totalCount nodes { id } } }`;

  const forOwner = await data(app.url, query, { id: owner.id }, owner);
  const forStranger = await data(app.url, query, { id: owner.id }, stranger);

  expect([forOwner.sessions, forOwner.jobs, forOwner.roleAssignments, forOwner.jobEvents].map(({ totalCount }) => totalCount)).toEqual([
    1, 1, 1, 3,
  ]);
  expect(forStranger).toEqual({
    sessions: { totalCount: 0, nodes: [] },
    jobs: { totalCount: 0, nodes: [] },
    roleAssignments: { totalCount: 0 },
    jobEvents: { totalCount: 0, nodes: [] },
  });
});

test('a to-one relation to something hidden reads as null and hides nothing else', async () => {
  await aRole(app, 'reader', ['job:read', 'session:read', 'file:read']);
  const reader = await signedIn(app, 'reader', ['reader'], { createdBy: ref((await aUser(app, 'maker')) as never) });
  const uploadId = (await anUpload(app, owner.id, 'seen.log')).id;
  const worker = planted.get('Worker')!;
  const own = await aJob(app, stranger.id);
  await rowsOf(app, sql`update jobs set worker_id = ${worker} where id in (${own.id}, ${job.id})`);

  const seen = await data(
    app.url,
    `query($job: ID!, $session: ID!, $upload: ID!) { me { username createdBy { id } createdUsers { totalCount } }
      job(id: $job) { requestedByName requestedBy { id } worker { id } } session(id: $session) { isActive user { id } } upload(id: $upload) { name uploadedBy { id } } }`,
    { job: job.id, session: owner.sessionId, upload: uploadId },
    reader,
  );
  const ownJob = await data(
    app.url,
    'query($id: ID!) { job(id: $id) { requestedBy { username } worker { id } } }',
    { id: own.id },
    stranger,
  );

  expect(seen).toEqual({
    me: { username: 'reader', createdBy: null, createdUsers: { totalCount: 0 } },
    job: { requestedByName: 'somebody', requestedBy: null, worker: { id: worker } },
    session: { isActive: true, user: null },
    upload: { name: 'seen.log', uploadedBy: null },
  });
  expect(ownJob).toEqual({ job: { requestedBy: { username: 'stranger' }, worker: null } });
});

test('a cursor that somebody else was given shows no more than the own rows', async () => {
  const own = await aJob(app, stranger.id);
  const { jobs } = await data(app.url, '{ jobs(first: 1) { pageInfo { endCursor } } }', {}, admin);

  const page = await data(
    app.url,
    'query($after: String) { jobs(after: $after, first: 500) { nodes { id requestedBy { username } } } }',
    { after: jobs.pageInfo.endCursor },
    stranger,
  );

  expect(page.jobs.nodes.map(({ id }: { id: string }) => id)).toContain(own.id);
  expect(page.jobs.nodes.every(({ requestedBy }: any) => requestedBy.username === 'stranger')).toBe(true);
});

test('a feed of everything replays and streams only what the follower may see', async () => {
  const before = await data(app.url, '{ jobEvents(first: 500) { nodes { id } } }', {}, stranger);
  const feed = followFeed(app.url, 'jobEvents', null, stranger, { last: 10_000 });
  await feed.until('the replay', ({ pages }) => pages.at(-1)?.state === 'LIVE');
  const replayed = feed.items.length;

  await aJob(app, owner.id, { events: 2 });
  const own = await aJob(app, stranger.id, { events: 2 });
  await feed.until('the own events', ({ items }) => items.length >= replayed + 2);

  expect(replayed).toBe(before.jobEvents.nodes.length);
  expect(feed.items.slice(replayed).map((item) => item.job.id)).toEqual([own.id, own.id]);
  expect(feed.items.every(({ job: shown }) => shown !== null)).toBe(true);
  await feed.stop();
});

test.each(['jobLogs', 'jobProgress'] as const)("%s of another user's job is answered like one of no job at all", async (name) => {
  const missing = newId(declarationOf(Job).type);

  for (const id of [job.id, missing]) {
    const feed = await followFeed(app.url, name, id, stranger, { last: 10 }).until('the refusal', ({ isDone }) => isDone);
    expect([feed.pages, feed.errors]).toEqual([[], [{ message: `Job ${id} was not found`, extensions: { code: 'NOT_FOUND' } }]]);
    await feed.stop();
  }
});

test.each([
  { mutation: 'cancelJob', input: 'id', subject: 'Job', of: () => job.id, shown: 'job { id }' },
  { mutation: 'revokeSession', input: 'id', subject: 'Session', of: () => owner.sessionId, shown: 'session { id }' },
  { mutation: 'endAllSessions', input: 'userId', subject: 'User', of: () => owner.id, shown: 'endedCount' },
])(
  "$mutation of what is another user's is answered like one of nothing, changes nothing and is recorded as denied",
  async ({ mutation, input, subject, of, shown }) => {
    const stored = () =>
      rowsOf(app, sql`select (select json_agg(j order by id) from jobs j), (select json_agg(s order by id) from sessions s)`);
    const before = await stored();
    const missing = newId(declarationOf(Job).type);

    for (const id of [of(), missing]) {
      const { result, changes } = await recording(app, () =>
        graphql(app.url, `mutation($id: ID!) { ${mutation}(input: { ${input}: $id }) { ${shown} } }`, { id }, stranger),
      );
      expect(result).toEqual({
        data: null,
        errors: [
          {
            message: `${subject} ${id} was not found`,
            locations: [expect.any(Object)],
            path: [mutation],
            extensions: { code: 'NOT_FOUND' },
          },
        ],
      });
      expect(changes).toMatchObject([{ action: `${mutation}.denied`, outcome: 'DENIED', actor_id: stranger.id, target_id: null }]);
    }
    expect(await stored()).toEqual(before);
  },
);

test('a right that is lost while a feed runs is lost for what its items refer to as well', async () => {
  await aRole(app, 'watcher', ['job:read', 'user:read']);
  const watcher = await signedIn(app, 'watcher', ['watcher']);
  const query = 'subscription { jobEvents { state cursor items { job { id requestedBy { username } } } } }';
  const feed = new TestFeed(app.url, query, {}, watcher, 'jobEvents');
  await feed.until('the first page', ({ pages }) => pages.length > 0);

  const first = await aJob(app, owner.id);
  await feed.until('the first event', ({ items }) => items.length === 1);
  await rowsOf(
    app,
    sql`delete from role_permissions where permission_id = (select id from permissions where name = 'user:read')
    and role_id = (select id from roles where slug = 'watcher')`,
  );
  app.system.bell.ring(rightsStream);
  const second = await aJob(app, owner.id);
  await feed.until('the second event', ({ items }) => items.length === 2);

  expect(feed.items).toEqual([
    { job: { id: first.id, requestedBy: { username: 'owner' } } },
    { job: { id: second.id, requestedBy: null } },
  ]);
  await feed.stop();
});

test('a type without a policy is visible to nobody, not even to a superuser', async () => {
  const auth = await signIn(blind.url);
  const id = await upload(blind.url, 'content', 'seen.log', auth);
  const query = `query($id: ID!) { upload(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } uploads(filter: { id: { eq: $id } }) { totalCount nodes { id } }
    me { username uploads { totalCount nodes { id } } } }`;
  expect(await data(blind.url, query, { id }, auth)).toMatchObject({ upload: { id }, node: { id }, uploads: { totalCount: 1 } });

  const stated = domains.flatMap(({ policies = [] }) => policies).filter(({ entity }) => entity !== Upload);
  Object.assign(blind.system, { policies: new Policies(stated) });

  expect(await data(blind.url, query, { id }, auth)).toEqual({
    upload: null,
    node: null,
    nodes: [null],
    uploads: { totalCount: 0, nodes: [] },
    me: { username: 'admin', uploads: { totalCount: 0, nodes: [] } },
  });
});
