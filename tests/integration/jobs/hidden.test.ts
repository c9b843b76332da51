import { ref } from '@mikro-orm/core';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import type { Job } from '#domains/jobs/job.entity.js';
import { executionFollower } from '#domains/tools/executions/execution-follower.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, type Auth } from '../../support/client.js';
import { mutate, mutated } from '../../support/mutation.js';
import { aJob, aRow } from '../../support/planted.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';
import { Toolkit } from '#domains/toolkits/toolkit.entity.js';

const app = await startTestApp({ ROLE: 'api' });
const jobRights = ['job:read', 'job:cancel', 'job:retry', 'job:enqueue', 'toolkit:manage'];
const all = { follower: executionFollower, followerId: '01a1fdb9-1c1d-7042-8000-000000000001' };
let owner: Auth & { id: string };
/** Whoever may do everything with jobs, but sees no uses of tools of others; the second may run tools too. */
const blind: Record<string, Auth> = {};
let seeing: Auth;
let user: Job;

beforeAll(async () => {
  await aRole(app, 'worker', jobRights);
  await aRole(app, 'worker-with-tools', [...jobRights, 'tool:execute']);
  await aRole(app, 'overseer', [...jobRights, 'execution:read']);
  await aRole(app, 'asker', ['tool:execute']);
  owner = await signedIn(app, 'owner', ['asker']);
  blind['who only works on jobs'] = await signedIn(app, 'walter', ['worker']);
  blind['who also runs tools'] = await signedIn(app, 'wanda', ['worker-with-tools']);
  seeing = await signedIn(app, 'otto', ['overseer']);
  user = await aJob(app, owner.id, { ...all, status: 'FAILED' });
});

const readers = ['who only works on jobs', 'who also runs tools'];

test.each(readers.flatMap((reader) => ['cancelJob', 'retryJob'].map((mutation) => ({ reader, mutation }))))(
  '$mutation of a job that carries out the use of a tool is answered to somebody $reader like one of no job, and changes nothing',
  async ({ reader, mutation }) => {
    const before = await rowsOf(app, sql`select to_jsonb(j) as job from jobs j order by id`);
    const missing = user.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

    for (const id of [user.id, missing]) {
      const { result, changes } = await recording(app, () => mutate(app, mutation, { id }, blind[reader]));
      expect(result.errors!.map(({ message, extensions }) => [extensions.code, message])).toEqual([
        ['NOT_FOUND', `Job ${id} was not found`],
      ]);
      expect(changes.map(({ action, target_id }) => [action, target_id])).toEqual([[`${mutation}.denied`, null]]);
      expect(await data(app.url, 'query($id: ID!) { job(id: $id) { id } }', { id }, blind[reader])).toEqual({ job: null });
    }
    expect(await rowsOf(app, sql`select to_jsonb(j) as job from jobs j order by id`)).toEqual(before);
  },
);

test('whoever sees the job is told why it cannot be run again', async () => {
  for (const auth of [seeing, owner]) {
    const { errors } = await mutate(app, 'retryJob', { id: user.id }, auth);
    const code = auth === seeing ? 'PRECONDITION_FAILED' : 'FORBIDDEN';
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual([code]);
  }
});

test('a job that was run again by somebody else is told of without the id of what its owner does not see', async () => {
  await aRole(app, 'repeater', ['job:enqueue']);
  const own = await signedIn(app, 'rita', ['repeater']);
  const job = await aJob(app, own.id, { status: 'FAILED', retriedAt: new Date() });
  const again = await aJob(app, owner.id, { retryOf: ref(job) });

  const messages = [];
  for (const auth of [own, seeing]) messages.push((await mutate(app, 'retryJob', { id: job.id }, auth)).errors![0]!.message);

  expect(messages).toEqual(['The job was run again already', `The job was run again already, as ${again.id}`]);
});

test('jobQueues counts what the caller sees of each queue, and names no queue for what they do not see', async () => {
  const on = { status: 'QUEUED', queuedAt: new Date(Date.now() - 3_600_000) } as const;
  const later = { status: 'QUEUED', queuedAt: new Date() } as const;
  await aJob(app, owner.id, { ...on, ...all, queue: 'shared' });
  await aJob(app, owner.id, { ...later, queue: 'shared' });
  await aJob(app, owner.id, { ...all, queue: 'shared', status: 'RUNNING' });
  await aJob(app, owner.id, { ...on, ...all, queue: 'only-tools' });
  const queuesOf = async (auth: Auth) => {
    const { jobQueues } = await data(app.url, '{ jobQueues { name waiting running parked oldestWaitMs } }', {}, auth);
    return (jobQueues as { name: string; oldestWaitMs: number | null }[])
      .filter(({ name }) => ['shared', 'only-tools'].includes(name))
      .map(({ oldestWaitMs, ...queue }) => ({ ...queue, isOld: oldestWaitMs! > 1_800_000 }));
  };

  for (const reader of readers)
    expect(await queuesOf(blind[reader]!)).toEqual([{ name: 'shared', waiting: 1, running: 0, parked: 0, isOld: false }]);
  expect(await queuesOf(seeing)).toEqual([
    { name: 'only-tools', waiting: 1, running: 0, parked: 0, isOld: true },
    { name: 'shared', waiting: 2, running: 1, parked: 0, isOld: true },
  ]);
});

test('a toolkit whose unfinished jobs are hidden is not uninstalled, and nobody is told how many they are or which', async () => {
  const toolkitId = await aRow(app, Toolkit, { slug: 'hidden-uses' });
  const hidden = await aJob(app, owner.id, { ...all, toolkitId });
  await aJob(app, owner.id, { toolkitId });
  const walter = blind['who only works on jobs']!;
  const refusal = async (auth: Auth, input: object = {}) =>
    (await mutate(app, 'uninstallToolkit', { slug: 'hidden-uses', ...input }, auth)).errors![0]!;

  expect(await refusal(walter)).toMatchObject({
    message: 'Jobs of hidden-uses have not ended, also some that you may not see: wait for them, or set cancelJobs',
    extensions: { code: 'PRECONDITION_FAILED', unfinishedJobs: 1 },
  });
  expect(await refusal(seeing)).toMatchObject({
    message: '2 jobs of hidden-uses have not ended: wait for them, or set cancelJobs',
    extensions: { code: 'PRECONDITION_FAILED', unfinishedJobs: 2 },
  });
  await mutated(app, 'uninstallToolkit', { slug: 'hidden-uses', cancelJobs: true }, walter);

  const [row] = await rowsOf(app, sql`select status from jobs where id = ${hidden.id}`);
  expect(row).toEqual({ status: 'CANCELLED' });
});
