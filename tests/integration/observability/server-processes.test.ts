import { hostname } from 'node:os';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { Gauges } from '#core/feed/gauges.js';
import { SignOfLife } from '#domains/observability/index.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { cancel, childOf, enqueue, eventually, jobIn, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { findRedis } from '../../support/redis.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const ownId = app.system.services.get(SignOfLife).id;

const fields = `id name role version startedAt lastSeenAt stoppedAt isAlive sockets subscribers bufferedBytes pageRate lagMs
  runningJobs concurrency bellTransport isBellConnected memoryBytes`;
const processes = async (filter = '', as: Auth = auth, url = app.url) =>
  (await data(url, `{ serverProcesses(first: 100${filter}) { nodes { ${fields} } } }`, {}, as)).serverProcesses.nodes as Record<
    string,
    any
  >[];
const own = async () =>
  (await data(app.url, `query($id: ID!) { serverProcess(id: $id) { ${fields} } }`, { id: ownId }, auth)).serverProcess;
const workersOf =
  'query($id: ID!) { serverProcess(id: $id) { workers { nodes { id name concurrency isAlive stoppedAt process { id } runningJobs { totalCount nodes { id status } } } } } }';

test('a process shows what it is and what it is doing, and updates it every few seconds', async () => {
  const before = await own();
  expect(before).toEqual({
    id: ownId,
    name: `${hostname()}:${process.pid}`,
    role: 'API',
    version,
    startedAt: app.system.services.get(SignOfLife).startedAt.toISOString(),
    lastSeenAt: expect.any(String),
    stoppedAt: null,
    isAlive: true,
    sockets: 0,
    subscribers: 0,
    bufferedBytes: 0,
    pageRate: 0,
    lagMs: null,
    runningJobs: null,
    concurrency: null,
    bellTransport: 'NOTIFY',
    isBellConnected: true,
    memoryBytes: expect.any(Number),
  });
  expect(before.memoryBytes).toBeGreaterThan(20_000_000);

  const gauges = app.system.services.get(Gauges);
  gauges.add('lagMs', () => 12.5);
  gauges.add('bufferedBytes', () => 2 ** 40);
  const socket = await TestSocket.connect(app.url, auth.token);
  onTestFinished(() => socket.end());
  const after = await eventually('the next sign of life', own, ({ sockets }) => sockets === 1);

  expect(after).toMatchObject({ lagMs: 12.5, bufferedBytes: 2 ** 40, subscribers: 0 });
  expect(Date.parse(after.lastSeenAt) - Date.parse(before.lastSeenAt)).toBeGreaterThan(4_000);
  expect(await sql('select count(*)::int as rows from server_processes where id = $1', [ownId])).toEqual([{ rows: 1 }]);
});

test('a worker belongs to its process, and shows how much it may run and what it runs', async () => {
  const worker = await startWorker(app.databaseUrl, { WORKER_CONCURRENCY: '3' });
  const id = worker.system.services.get(SignOfLife).id;
  const job = await enqueue(app.url, 'probe.spin', {}, auth);
  await childOf(app.url, job.id, auth);

  const { serverProcess } = await data(app.url, workersOf, { id }, auth);
  expect(serverProcess.workers.nodes).toEqual([
    {
      id: expect.any(String),
      name: `${hostname()}:${process.pid}`,
      concurrency: 3,
      isAlive: true,
      stoppedAt: null,
      process: { id },
      runningJobs: { totalCount: 1, nodes: [{ id: job.id, status: 'RUNNING' }] },
    },
  ]);
  const shown = async () => (await processes()).find((each) => each.id === id)!;
  expect(await eventually('its numbers', shown, ({ runningJobs }) => runningJobs === 1)).toMatchObject({
    role: 'WORKER',
    concurrency: 3,
    sockets: null,
    isAlive: true,
  });

  await cancel(app.url, job.id, auth);
  await jobIn(app.url, job.id, 'CANCELLED', auth);
  await worker.stop();
  expect(await shown()).toMatchObject({ isAlive: false, stoppedAt: expect.any(String) });
  expect((await data(app.url, workersOf, { id }, auth)).serverProcess.workers.nodes).toMatchObject([
    { isAlive: false, stoppedAt: expect.any(String), runningJobs: { totalCount: 0 } },
  ]);
});

test('a worker whose session has ended is not alive, even before another worker has found that out', async () => {
  const id = '01a1fdb9-556c-7017-8000-000000000001';
  await sql("insert into workers (id, number, name, started_at) values ($1, nextval('worker_numbers'), 'gone:1', now())", [id]);

  const { node } = await data(
    app.url,
    'query($id: ID!) { node(id: $id) { ... on Worker { isAlive stoppedAt concurrency process { id } } } }',
    { id },
    auth,
  );

  expect(node).toEqual({ isAlive: false, stoppedAt: null, concurrency: 0, process: null });
});

test('a process that died is not alive 15 seconds after its last sign of life, and may be filtered by that', async () => {
  const dead = '01a1fdb9-556c-7028-8000-000000000001';
  const quiet = '01a1fdb9-556c-7028-8000-000000000002';
  for (const [id, seconds] of [
    [dead, 15.1],
    [quiet, 10],
  ])
    await sql(
      `insert into server_processes (id, name, role, version, started_at, last_seen_at, bell_transport, is_bell_connected, memory_bytes)
        values ($1, 'gone:1', 'API', '0', now(), now() - make_interval(secs => $2), 'NOTIFY', true, 1)`,
      [id, seconds],
    );

  const alive = Object.fromEntries((await processes()).map(({ id, isAlive }) => [id, isAlive]));
  expect([alive[dead!], alive[quiet!], alive[ownId]]).toEqual([false, true, true]);
  const living = (await processes(', filter: { isAlive: { eq: true } }')).map(({ id }) => id);
  expect([living.includes(dead), living.includes(quiet), living.includes(ownId)]).toEqual([false, true, true]);
  expect((await processes(', filter: { isAlive: { eq: false }, name: { eq: "gone:1" } }')).map(({ id }) => id)).toEqual([dead]);
  await sql("delete from server_processes where name = 'gone:1'");
});

test('a process that starts removes rows without a sign of life for a day, and those of their workers stay', async () => {
  const [old, young] = ['01a1fdb9-556c-7028-8000-000000000003', '01a1fdb9-556c-7028-8000-000000000004'];
  for (const [id, age] of [
    [old, '25 hours'],
    [young, '23 hours'],
  ])
    await sql(
      `insert into server_processes (id, name, role, version, started_at, last_seen_at, bell_transport, is_bell_connected, memory_bytes)
        values ($1, 'old:1', 'WORKER', '0', now() - interval '2 days', now() - $2::interval, 'NOTIFY', true, 1)`,
      [id, age],
    );
  const worker = '01a1fdb9-556c-7017-8000-000000000002';
  await sql(
    "insert into workers (id, number, name, process_id, started_at, stopped_at) values ($1, nextval('worker_numbers'), 'old:1', $2, now(), now())",
    [worker, old],
  );

  await startWorker(app.databaseUrl);

  expect((await sql('select id from server_processes where id in ($1, $2)', [old, young])).map(({ id }) => id)).toEqual([young]);
  expect(await sql('select process_id from workers where id = $1', [worker])).toEqual([{ process_id: null }]);
});

test('a row that others have removed is there again with the next sign of life', async () => {
  await sql('delete from server_processes where id = $1', [ownId]);
  expect(await own()).toBeNull();

  expect(await eventually('the row', own, (row) => row !== null)).toMatchObject({ id: ownId, role: 'API', isAlive: true });
});

test.each([
  { role: 'admin', seen: true },
  { role: 'operator', seen: true },
  { role: 'approver', seen: false },
  { role: 'viewer', seen: false },
])('processes seen by the role $role: $seen', async ({ role, seen }) => {
  const user = await signedIn(app, `of-role-${role}`, [role]);

  expect((await processes(', filter: { isAlive: { eq: true } }', user)).some(({ id }) => id === ownId)).toBe(seen);
  const { serverProcess, node } = await data(
    app.url,
    'query($id: ID!) { serverProcess(id: $id) { id } node(id: $id) { id } }',
    { id: ownId },
    user,
  );
  expect([serverProcess, node]).toEqual(seen ? [{ id: ownId }, { id: ownId }] : [null, null]);
});

test('nobody sees processes without signing in', async () => {
  const { errors } = await graphql(app.url, '{ serverProcesses { totalCount } }');

  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
});

const found = await findRedis();
test.skipIf(!found)('a process shows that it rings by Redis', async () => {
  const other = await startProbeApp({ ROLE: 'api', REDIS_URL: found!.url });
  const admin = await signIn(other.url);

  expect(await processes('', admin, other.url)).toMatchObject([{ bellTransport: 'REDIS', isBellConnected: true, role: 'API' }]);
});
