import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { aBooking, anApprover, asUser, startApprovalApp } from '../../support/approvals.js';
import { requestApproval } from '#domains/approvals/index.js';
import { rowsOf } from '../../support/changes.js';
import { data, send, type Auth } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { aUser, signedIn } from '../../support/users.js';
import { createHash } from 'node:crypto';

const app = await startApprovalApp();
const root = await signedIn(app, 'root', ['admin'], { isSuperuser: true });
const anna = await anApprover(app, 'anna');
const carl = await signedIn(app, 'carl');

/** A topology that waits: its subject is a user, which not everybody sees. */
async function aTopology(username: string) {
  const { id } = await aUser(app, username);
  const digest = createHash('sha256').update(username).digest('hex');
  const request = { kind: 'TOPOLOGY', riskLevel: 'MEDIUM', subjectId: id, subjectName: username, digest } as const;
  return asUser(app, { id: carl.id, name: 'carl' }, (context) => requestApproval(context, request));
}

const ask = async (query: string, variables: object, auth: Auth) => {
  const { data: answer, errors, extensions } = await send(app.url, query, variables, auth);
  if (errors) throw new Error(JSON.stringify(errors));
  return { answer, statements: extensions!.statements! };
};

test('a subject is shown with the columns of its type, whatever type that is', async () => {
  const [booking, topology] = [await aBooking(app), await aTopology('net 1')];

  const { answer } = await ask(
    `query($ids: [ID!]) { approvals(filter: { id: { in: $ids } }) { nodes { kind subjectType subject { __typename id ... on Role { name slug } ... on User { username roles { totalCount } } } } } }`,
    { ids: [booking.id, topology.id] },
    root,
  );

  expect(answer.approvals.nodes).toEqual([
    {
      kind: 'BOOKING',
      subjectType: 'Role',
      subject: { __typename: 'Role', id: booking.subjectId, name: booking.subjectName, slug: expect.stringMatching(/^subject-/) },
    },
    {
      kind: 'TOPOLOGY',
      subjectType: 'User',
      subject: { __typename: 'User', id: topology.subjectId, username: 'net 1', roles: { totalCount: 0 } },
    },
  ]);
});

test('a subject that may not be seen or is gone is null, and its name stays', async () => {
  const [hidden, gone] = [await aTopology('net 2'), await aBooking(app)];
  await rowsOf(app, sql`delete from roles where id = ${gone.subjectId}`);
  await app.system.sequencer.run();
  const query = 'query($id: ID!) { approval(id: $id) { subjectName subject { id } events { nodes { subject { id } } } } }';

  const events = { nodes: [{ subject: null }] };
  expect((await data(app.url, query, { id: hidden.id }, carl)).approval).toEqual({ subjectName: 'net 2', subject: null, events });
  expect((await data(app.url, query, { id: gone.id }, root)).approval).toEqual({ subjectName: gone.subjectName, subject: null, events });
  expect((await data(app.url, query, { id: hidden.id }, root)).approval.subject).toEqual({ id: hidden.subjectId });
});

test('the queue has what waits, as far as the caller may see it, and can be filtered and ordered', async () => {
  const [first, second, topology] = [
    await aBooking(app),
    await aBooking(app, { id: carl.id, name: 'carl' }, { riskLevel: 'HIGH' }),
    await aTopology('net 3'),
  ];
  const done = await aBooking(app);
  await mutated(app, 'decideApproval', { id: done.id, digest: done.digest, verdict: 'APPROVED' }, anna);
  const ids = [first.id, second.id, topology.id, done.id];
  const queue = async (auth: Auth, more = '') =>
    (
      await data(
        app.url,
        `query($ids: [ID!]) { approvalQueue(filter: { id: { in: $ids } ${more} }, orderBy: [{ field: REQUESTED_AT, direction: DESC }]) { totalCount nodes { id } } }`,
        { ids },
        auth,
      )
    ).approvalQueue;

  expect(await queue(root)).toEqual({ totalCount: 3, nodes: [topology, second, first].map(({ id }) => ({ id })) });
  expect(await queue(anna)).toEqual({ totalCount: 2, nodes: [second, first].map(({ id }) => ({ id })) });
  expect(await queue(carl)).toEqual({ totalCount: 2, nodes: [topology, second].map(({ id }) => ({ id })) });
  expect(await queue(anna, 'riskLevel: { eq: HIGH }')).toEqual({ totalCount: 1, nodes: [{ id: second.id }] });
  expect(await queue(await signedIn(app, 'nobody'))).toEqual({ totalCount: 0, nodes: [] });
});

test('who decided goes on seeing it, and users have lists of what they asked for and decided on', async () => {
  const bert = await anApprover(app, 'bert');
  const approval = await aBooking(app, { id: carl.id, name: 'carl' });
  await mutated(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict: 'APPROVED' }, bert);
  await rowsOf(app, sql`delete from role_assignments where user_id = ${bert.id}`);

  const query =
    '{ me { decidedApprovals { nodes { id decisions { nodes { verdict } } } } requestedApprovals { nodes { id } } } approvals { totalCount } }';
  // What is known of somebody's rights may be a second old.
  await expect
    .poll(async () => (await data(app.url, '{ approvals { totalCount } }', {}, bert)).approvals.totalCount, { timeout: 10_000 })
    .toBe(1);
  expect(await data(app.url, query, {}, bert)).toEqual({
    me: {
      decidedApprovals: { nodes: [{ id: approval.id, decisions: { nodes: [{ verdict: 'APPROVED' }] } }] },
      requestedApprovals: { nodes: [] },
    },
    approvals: { totalCount: 1 },
  });
  const { me } = await data(app.url, query, {}, carl);
  expect(me.requestedApprovals.nodes).toContainEqual({ id: approval.id });
  expect(me.decidedApprovals.nodes).toEqual([]);
});

test('a thousand approvals with their subjects, requesters, decisions and whether one may decide take as many statements as ten', async () => {
  const some = await Promise.all(Array.from({ length: 4 }, (_, i) => aTopology(`net ${i + 10}`)));
  await rowsOf(
    app,
    sql`insert into approvals select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'status', 'CANCELLED',
      'subject_id', case when n % 2 = 0 then a.subject_id else (select id from roles order by id limit 1) end,
      'subject_type', case when n % 2 = 0 then 'User' else 'Role' end))).*
      from generate_series(1, 250) n, approvals a where a.id = any(${some.map(({ id }) => id)}::uuid[])`,
  );
  const query = `query($n: Int!, $after: String) { approvals(first: $n, after: $after, filter: { status: { eq: CANCELLED } }) { pageInfo { endCursor }
    nodes { id subject { id ... on User { username } ... on Role { name } } requester { username } approver { username } decisions { nodes { verdict } } canDecide } } }`;
  const counted = [];
  for (const n of [10, 100, 500]) {
    const { answer, statements } = await ask(query, { n }, root);
    expect(answer.approvals.nodes).toHaveLength(n);
    expect(answer.approvals.nodes.every(({ subject }: { subject: object | null }) => subject !== null)).toBe(true);
    counted.push(statements);
  }
  const { answer } = await ask(query, { n: 500 }, root);
  const rest = await ask(query, { n: 500, after: answer.approvals.pageInfo.endCursor }, root);
  expect(new Set([...answer.approvals.nodes, ...rest.answer.approvals.nodes].map(({ id }) => id)).size).toBe(1_000);
  counted.push(rest.statements);

  // The rows with requesters, approvers and decisions; the subjects of each type; limits of the caller, and what they may decide on.
  expect(counted).toEqual([5, 5, 5, 5]);
});
