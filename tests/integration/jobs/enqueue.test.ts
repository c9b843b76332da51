import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate as isUuid, version } from 'uuid';
import { expect, test } from 'vitest';
import { enqueueJob } from '#domains/jobs/queue/enqueue-job.js';
import { write } from '#core/feed/write.js';
import { system as systemActor } from '#core/policy/actor.js';
import { ownName } from '#core/jobs/as-operation.js';
import { graph } from '../../../src/domains.js';
import { data, graphql, signIn, upload, type Auth } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, jobOf, openSql, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

// Nothing runs jobs here: what is put on a queue stays there.
const folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-enqueue-')));
const [root, dataDir, outside] = ['root', 'root/data', 'outside'].map((name) => join(folder, name)) as [string, string, string];
for (const each of [root, dataDir, outside]) await mkdir(each);
await writeFile(join(root, 'readable.log'), 'go\n');
await writeFile(join(root, 'read*'), 'go\n');
await writeFile(join(dataDir, 'inside.log'), 'of the server');
await writeFile(join(outside, 'secret.log'), 'secret');
await symlink(join(outside, 'secret.log'), join(root, 'link.log'));
await symlink(outside, join(root, 'folder'));
await symlink(join(root, 'readable.log'), join(root, 'inner.log'));

const app = await startProbeApp({ ROLE: 'api', DATA_DIR: dataDir, FILE_ROOTS: root });
const sql = await openSql(app.databaseUrl);
const admin: Auth = await signIn(app.url);
const operator = await signedIn(app, 'olga', ['operator']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const enqueuer = await signedIn(app, 'enno', [(await aRole(app, 'enqueuer', ['job:enqueue', 'file:upload'])).slug]);

const mutation = 'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor job { id name queue } } }';
const tryTo = (input: object, auth = admin) => graphql(app.url, mutation, { input }, auth);

/** How much there is of everything that an enqueued job leaves behind. */
async function traces(): Promise<Record<string, number>> {
  const [row] = await sql(`select (select count(*) from jobs)::int as jobs, (select count(*) from job_events)::int as events,
    (select count(*) from streams)::int as streams, (select count(*) from pgboss.job where name = 'sre-toolbox')::int as deliveries,
    (select count(*) from changes)::int as changes`);
  return row!;
}

/** The refusal of an input, after making sure that it left nothing behind. */
async function refusalOf(input: object, auth = admin) {
  const before = await traces();
  const answer = await tryTo(input, auth);
  expect(await traces()).toEqual(before);
  expect(answer.data).toBeNull();
  const { message, extensions } = answer.errors![0]!;
  return { message, code: extensions.code, paths: extensions.paths };
}

test('[toolbox-31] background work runs on the queue sre-toolbox unless its operation names another one', async () => {
  const byDefault = await enqueue(app.url, 'probe.print', { lines: 1 }, admin);
  const byNight = await enqueue(app.url, 'probe.night', {}, admin);

  expect(await jobOf(app.url, byDefault.id, admin)).toMatchObject({ queue: 'sre-toolbox', status: 'QUEUED' });
  expect(await jobOf(app.url, byNight.id, admin)).toMatchObject({ queue: 'night-shift', status: 'QUEUED' });
  expect(await sql(`select name from pgboss.job where data->>'jobId' in ($1, $2) order by name`, [byDefault.id, byNight.id])).toEqual([
    { name: 'night-shift' },
    { name: 'sre-toolbox' },
  ]);
});

test('[toolbox-32] a job is named after its toolkit and operation, and its id is a UUID', async () => {
  const { enqueueJob: payload } = await data(app.url, mutation, { input: { name: 'probe.print', parameters: { lines: 1 } } }, admin);

  expect(payload.job.name).toBe('probe.print');
  expect(isUuid(payload.job.id)).toBe(true);
  expect(version(payload.job.id)).toBe(7);
});

test('an operation that nobody offers is refused with those that there are', async () => {
  const { message, ...rest } = await refusalOf({ name: 'probe.dance' });

  expect(rest).toEqual({ code: 'BAD_USER_INPUT', paths: ['input.name'] });
  expect(message).toBe(
    `There is no operation probe.dance; there are: probe.alone, probe.burn, probe.chatter, probe.exit, probe.fail, probe.flood, probe.hoard, probe.hunger, probe.lane, probe.leave, probe.limited, probe.night, probe.open, probe.peek, probe.print, probe.spin, probe.steps, probe.strict, probe.tell, probe.wait, ${graph.operations
      .filter(({ isInternal }) => !isInternal)
      .map(ownName)
      .sort()
      .join(', ')}`,
  );
});

test.each([
  ['nothing', undefined, ['input.parameters.limits', 'input.parameters.name']],
  ['null', null, ['input.parameters.limits', 'input.parameters.name']],
  ['a list', [], ['input.parameters']],
  ['a text', 'x', ['input.parameters']],
  ['a short name', { name: 'ab', limits: { most: 1 } }, ['input.parameters.name']],
  ['a number as name', { name: 5, limits: { most: 1 } }, ['input.parameters.name']],
  ['a missing inner value', { name: 'abc', limits: {} }, ['input.parameters.limits.most']],
  ['a large inner value', { name: 'abc', limits: { most: 11 } }, ['input.parameters.limits.most']],
  ['an unknown key', { name: 'abc', limits: { most: 1 }, colour: 'red' }, ['input.parameters.colour']],
  ['an unknown inner key', { name: 'abc', limits: { most: 1, least: 0 } }, ['input.parameters.limits.least']],
  ['a wrong item', { name: 'abc', limits: { most: 1 }, tags: ['a', 2] }, ['input.parameters.tags.1']],
  [
    'several faults',
    { name: 'a', limits: { most: 99 }, tags: 'x' },
    ['input.parameters.limits.most', 'input.parameters.name', 'input.parameters.tags'],
  ],
])('as parameters, %s is refused at every place that does not fit', async (_case, parameters, paths) => {
  const { code, paths: told } = await refusalOf({ name: 'probe.strict', ...(parameters !== undefined && { parameters }) });

  expect(code).toBe('BAD_USER_INPUT');
  expect([...told!].sort()).toEqual(paths);
});

test.each([
  ['a priority above the highest', { priority: 101 }, ['input.priority']],
  ['a priority below the lowest', { priority: -101 }, ['input.priority']],
  ['a long idempotency key', { idempotencyKey: 'k'.repeat(201) }, ['input.idempotencyKey']],
  ['a long name', { name: `probe.${'x'.repeat(200)}` }, ['input.name']],
])('%s is refused at its place', async (_case, more, paths) => {
  expect(await refusalOf({ name: 'probe.print', parameters: { lines: 1 }, ...more })).toMatchObject({ code: 'BAD_USER_INPUT', paths });
});

test('an enqueued job, its first event, its delivery and the record of it commit together', async () => {
  const before = await traces();

  const { id } = await enqueue(app.url, 'probe.print', { lines: 2 }, operator, { priority: 7 });

  expect(await traces()).toEqual({
    jobs: before.jobs! + 1,
    events: before.events! + 1,
    streams: before.streams! + 2,
    deliveries: before.deliveries! + 1,
    changes: before.changes! + 1,
  });
  expect(await sql(`select action, outcome, actor_username, target_type from changes where target_id = $1`, [id])).toEqual([
    { action: 'jobs.job.enqueued', outcome: 'SUCCESS', actor_username: 'olga', target_type: 'Job' },
  ]);
  expect(await sql(`select priority, data from pgboss.job where data->>'jobId' = $1`, [id])).toEqual([
    { priority: 7, data: { jobId: id } },
  ]);
});

test('a job whose transaction rolls back leaves neither a job nor a delivery', async () => {
  const before = await traces();
  const origin = { actor: systemActor, requestId: null, traceId: null, sourceIp: null, userAgent: null };

  const attempt = write(app.system, origin, async (context) => {
    await enqueueJob(context, { name: 'probe.print', parameters: { lines: 1 }, idempotencyKey: 'rolled back' });
    expect((await traces()).jobs).toBe(before.jobs);
    throw new Error('what released the job did not come about');
  });

  await expect(attempt).rejects.toThrow('what released the job did not come about');
  expect(await traces()).toEqual(before);
});

test('a mutation that fails in a later field keeps the job of the earlier one', async () => {
  const before = await traces();

  const answer = await graphql(
    app.url,
    'mutation($good: EnqueueJobInput!, $bad: EnqueueJobInput!) { good: enqueueJob(input: $good) { job { id } } bad: enqueueJob(input: $bad) { job { id } } }',
    { good: { name: 'probe.print', parameters: { lines: 1 } }, bad: { name: 'probe.print', parameters: {} } },
    admin,
  );

  expect(answer.errors!.map(({ path }) => path)).toEqual([['bad']]);
  expect((await traces()).jobs).toBe(before.jobs! + 1);
});

test('the same key of the same caller gives the same job again, and that of another caller another job', async () => {
  const first = await enqueue(app.url, 'probe.print', { lines: 1 }, admin, { idempotencyKey: 'once' });
  const before = await traces();

  const again = await enqueue(app.url, 'probe.print', { lines: 1 }, admin, { idempotencyKey: 'once' });
  expect(await traces()).toEqual({ ...before, changes: before.changes! + 1 });
  const [repeated] = await sql('select action, details from changes order by created_at desc limit 1');
  expect(repeated).toEqual({ action: 'enqueueJob.unchanged', details: null });
  const other = await enqueue(app.url, 'probe.print', { lines: 1 }, operator, { idempotencyKey: 'once' });

  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
});

test('the same key at the same instant gives one job', async () => {
  const before = await traces();

  const jobs = await Promise.all(
    Array.from({ length: 12 }, () => enqueue(app.url, 'probe.print', { lines: 1 }, admin, { idempotencyKey: 'at once' })),
  );

  expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
  expect(await traces()).toMatchObject({ jobs: before.jobs! + 1, deliveries: before.deliveries! + 1, changes: before.changes! + 12 });
});

test.each(['jobProgress', 'jobEvents'] as const)('the cursor of a repeated request replays the job in %s like the first', async (name) => {
  const key = `repeated for ${name}`;
  const first = await enqueue(app.url, 'probe.print', { lines: 1 }, admin, { idempotencyKey: key });
  const again = await enqueue(app.url, 'probe.print', { lines: 1 }, admin, { idempotencyKey: key });

  for (const { cursor } of [first, again]) {
    const feed = followFeed(app.url, name, name === 'jobProgress' ? first.id : null, admin, { after: cursor });
    await feed.until('an answer', ({ items, errors }) => items.length > 0 || errors !== null);
    await feed.stop();
    expect(feed.errors).toBeNull();
    expect(feed.items[0]).toMatchObject({ seq: 1, status: 'QUEUED' });
  }
});

test('a viewer may not enqueue: nothing changes but the record of the attempt', async () => {
  const before = await traces();

  const answer = await tryTo({ name: 'probe.print', parameters: { lines: 1 } }, viewer);

  expect(answer.data).toBeNull();
  expect(answer.errors!.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  expect(await traces()).toEqual({ ...before, changes: before.changes! + 1 });
  expect(await sql(`select action, outcome, actor_username, target_id, message from changes order by created_at desc limit 1`)).toEqual([
    {
      action: 'enqueueJob.denied',
      outcome: 'DENIED',
      actor_username: 'vera',
      target_id: null,
      message: 'This needs the permission job:enqueue',
    },
  ]);
});

test('somebody who is not signed in may not enqueue', async () => {
  const before = await traces();

  const answer = await tryTo({ name: 'probe.print', parameters: { lines: 1 } }, { token: '' } as never);

  expect(answer.errors!.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  expect(await traces()).toEqual({ ...before, changes: before.changes! + 1 });
});

test('an upload and a file below a root can be given, also through a link that stays below it', async () => {
  const file = await upload(app.url, 'go\n', 'flag.txt', operator);

  for (const flag of [file, join(root, 'readable.log'), join(root, 'inner.log')]) {
    const { id } = await enqueue(app.url, 'probe.wait', { flag }, operator);
    expect(await jobOf(app.url, id, operator)).toMatchObject({ status: 'QUEUED' });
  }
});

test('the upload of another user is refused like one that is not there', async () => {
  const owner = await signedIn(app, 'upton', ['operator']);
  const file = await upload(app.url, 'mine', 'mine.log', owner);

  for (const flag of [file, '01999999-0000-7018-8000-000000000000']) {
    expect(await refusalOf({ name: 'probe.wait', parameters: { flag } }, enqueuer)).toEqual({
      code: 'BAD_USER_INPUT',
      paths: ['input.parameters.flag'],
      message: `${flag} is neither an upload of yours nor a file below one of the FILE_ROOTS that you may read`,
    });
  }
});

test('without file:read a path below a root is refused like one that is not there', async () => {
  for (const flag of [join(root, 'readable.log'), join(root, 'missing.log')])
    expect(await refusalOf({ name: 'probe.wait', parameters: { flag } }, enqueuer)).toMatchObject({ paths: ['input.parameters.flag'] });
});

test.each([
  ['a path outside the roots', join(outside, 'secret.log')],
  ['a link out of a root', join(root, 'link.log')],
  ['a path through a linked folder', join(root, 'folder', 'secret.log')],
  ['a path with dots out of a root', `${root}/../outside/secret.log`],
  ['a path in the data folder', join(dataDir, 'inside.log')],
  ['a path with dots into the data folder', `${root}/./data/../data/inside.log`],
  ['a folder', root],
  ['the root and a NUL', `${join(root, 'readable.log')}\0`],
  ['a name that Node.js reads as a pattern', join(root, 'read*')],
  ['a relative path', 'readable.log'],
  ['an empty text', ''],
  ['a file that is not there', join(root, 'missing.log')],
])('%s cannot be given', async (_case, flag) => {
  expect(await refusalOf({ name: 'probe.wait', parameters: { flag } })).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.parameters.flag'],
  });
});
