import { expect, test, vi } from 'vitest';
import { executeSql, sql as statement } from '#core/database/sql.js';
import { newId } from '#core/database/id.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteContext } from '#core/feed/write.js';
import type { FollowedMove, FollowedTelling, JobFollower } from '#core/jobs/job-followers.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import { enqueueJob, lockJob, releaseJob, stopJob, type JobTerms } from '#domains/jobs/index.js';
import { domains } from '../../../src/domains.js';
import { composeGraph } from '../../../src/graph.js';
import { startTestApp } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { mutate } from '../../support/mutation.js';
import { enqueue, eventually, jobIn, jobOf, openSql } from '../../support/probe.js';

/** What the follower of this test does when it is told. */
const faults = { next: null as Error | null };
const heard = { moves: [] as (FollowedMove & { seen: string })[][], told: [] as FollowedTelling[], cancelled: [] as string[] };

/** Keeps what it was told, with the state of the job as its transaction sees it. */
const follower: JobFollower = {
  name: 'shadow',
  streamsOf: () => [],
  refusal: async () => null,
  async moved(em, moves) {
    if (faults.next) {
      const error = faults.next;
      faults.next = null;
      throw error;
    }
    const rows = await executeSql<{ id: string; status: string }>(
      em,
      statement`select id, status from jobs where id = any(${moves.map(({ id }) => id)}::uuid[])`,
    );
    heard.moves.push(moves.map((move) => ({ ...move, seen: rows.find(({ id }) => id === move.id)!.status })));
  },
  told: async (_em, _id, telling) => void heard.told.push(telling),
  cancelled: async (_context, id) => void heard.cancelled.push(id),
};
const shadow: OwnOperation = {
  name: 'shadow',
  slug: 'tools',
  description: 'Does what only a domain may ask for',
  isInternal: true,
  concurrency: null,
  inputSchema: { type: 'object', properties: { fails: { type: 'boolean' } } },
  async run({ parameters, print, progress }) {
    await print('STDOUT', 'a line');
    await print('STDERR', 'a warning');
    await progress({ message: 'half', progress: 50 });
    if (parameters.fails) throw new Error('it broke');
    return { secretive: true };
  },
};

const app = await startTestApp({}, composeGraph([...domains, { name: 'shadows', operations: [shadow], followers: [follower] }]));
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

const start = async (parameters: object = {}, terms: Partial<JobTerms> = {}) => {
  const followerId = newId(1);
  const { result } = await write(app.system, ownOrigin, (context) =>
    enqueueJob(context, {
      name: 'tools.shadow',
      parameters: parameters as Record<string, unknown>,
      terms: { follower: 'shadow', followerId, maxAttempts: 1, ...terms },
    }),
  );
  return { id: result.id, followerId };
};
const within = <Result>(useCase: (context: WriteContext) => Promise<Result>) => write(app.system, ownOrigin, useCase);
const movesOf = (jobId: string) =>
  heard.moves.flat().flatMap(({ id, seen, attempts, result }) => (id === jobId ? [{ seen, attempts, result }] : []));

test('a follower is told of each move of its job in the transaction of the move, and what the run returned is left to it', async () => {
  const { id } = await start();
  await jobIn(app.url, id, 'SUCCEEDED', auth);

  expect(movesOf(id)).toEqual([
    { seen: 'RUNNING', attempts: 1, result: undefined },
    { seen: 'SUCCEEDED', attempts: 1, result: { secretive: true } },
  ]);
  expect(heard.told.flatMap(({ lines }) => lines.map(({ stream, text }) => [stream, text]))).toEqual([
    ['STDOUT', 'a line'],
    ['STDERR', 'a warning'],
  ]);
  expect(heard.told.flatMap(({ steps }) => steps.map(({ message, progress }) => [message, progress]))).toEqual([['half', 50]]);
  expect((await jobOf(app.url, id, auth)).result).toBe(null);
});

test('what a follower cannot write, its job does not do either', async () => {
  const { id } = await start({}, { isWaiting: true });
  faults.next = new Error('could not be written');

  await expect(within((context) => releaseJob(context, id, 'Released'))).rejects.toThrow('could not be written');

  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'WAITING_APPROVAL' });
  await within((context) => releaseJob(context, id, 'Released'));
  await jobIn(app.url, id, 'SUCCEEDED', auth);
});

test('a job that waits for an approval is on no queue until it is released, and is released once', async () => {
  const { id } = await start({}, { isWaiting: true });
  expect(await sql(`select 1 from pgboss.job where data->>'jobId' = $1`, [id])).toEqual([]);
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'WAITING_APPROVAL', message: null });

  const released = await Promise.all(
    Array.from({ length: 5 }, () => within((context) => releaseJob(context, id, 'Released')).then(({ result }) => result)),
  );

  expect(released.filter(Boolean)).toHaveLength(1);
  expect(await jobIn(app.url, id, 'SUCCEEDED', auth)).toMatchObject({ attempts: 1 });
});

test('whoever stops a job that waits tells its follower, and it cannot be released any more', async () => {
  const { id, followerId } = await start({}, { isWaiting: true });

  await within(async (context) => stopJob(context, (await lockJob(context.em, id))!, 'Nobody wants it'));

  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'CANCELLED', message: 'Nobody wants it' });
  expect(movesOf(id)).toEqual([{ seen: 'CANCELLED', attempts: 0, result: undefined }]);
  expect(heard.cancelled).toEqual([followerId]);
  expect((await within((context) => releaseJob(context, id, 'Released'))).result).toBe(false);
});

test('what only domains ask for can be enqueued, scheduled and repeated by nobody', async () => {
  const { id } = await start({ fails: true });
  expect(await jobIn(app.url, id, 'FAILED', auth)).toMatchObject({ error: 'it broke', attempts: 1, maxAttempts: 1 });

  const enqueued = await mutate(app, 'enqueueJob', { name: 'tools.shadow', parameters: {} }, auth);
  const scheduled = await mutate(app, 'createJobSchedule', { name: 'x', operation: 'tools.shadow', cron: '* * * * *' }, auth);
  const retried = await mutate(app, 'retryJob', { id }, auth);

  const refusals = [enqueued, scheduled, retried].map(({ errors }) => [errors![0]!.extensions.code, errors![0]!.extensions.paths]);
  expect(refusals).toEqual([
    ['BAD_USER_INPUT', ['input.name']],
    ['BAD_USER_INPUT', ['input.operation']],
    ['PRECONDITION_FAILED', undefined],
  ]);
  expect(enqueued.errors![0]!.message).not.toContain(', tools.shadow');
});

test('each of several jobs that wait for a place of their own key is told of once', async () => {
  const key = { concurrency: { key: 'shadow lane', limit: 2 } };
  const ids = await Promise.all(Array.from({ length: 6 }, () => start({}, key))).then((all) => all.map(({ id }) => id));

  await eventually(
    'all of them to end',
    () => sql(`select 1 from jobs where id = any($1) and status = 'SUCCEEDED'`, [ids]),
    (all) => all.length === 6,
  );

  for (const id of ids) expect(movesOf(id).map(({ seen }) => seen)).toEqual(['RUNNING', 'SUCCEEDED']);
  expect(await sql(`select distinct concurrency_key as key, concurrency_limit as limit from jobs where id = any($1)`, [ids])).toEqual([
    { key: 'shadow lane', limit: 2 },
  ]);
});

test('a job that nobody follows tells nobody', async () => {
  const before = heard.moves.length;
  const moved = vi.spyOn(follower, 'moved');
  const { id } = await enqueue(app.url, 'upkeep.trimJobs', {}, auth);
  await jobIn(app.url, id, 'SUCCEEDED', auth);

  expect(moved).not.toHaveBeenCalled();
  expect(heard.moves).toHaveLength(before);
});
