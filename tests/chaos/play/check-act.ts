import { checkEvents, type SeenEvent } from '../check/check-events.ts';
import { checkFollowed } from '../check/check-followed.ts';
import { checkJob, type JobTruth } from '../check/check-job.ts';
import { pagesOf, type History } from '../check/history.ts';
import { jobLogs } from '../clients/feeds.ts';
import type { DirectWriter } from '../clients/direct-writer.ts';
import type { Producer, ProducedJob } from '../clients/producer.ts';
import type { SqlSession } from '../stage/sql-session.ts';
import type { Audience, EventFollower } from './audience.ts';
import { checkOrderOfEverything } from './check-order-of-everything.ts';
import type { Tally } from './tally.ts';
import { eventsBetween, positionOf, truthOf } from './truth.ts';

/** Who took part in an act. */
export interface Cast {
  sql: SqlSession;
  producer: Producer;
  writer: DirectWriter;
  audience: Audience;
}

/** Compares what was acknowledged, what the database has, and what everybody saw, after an act. */
export async function checkAct({ sql, producer, writer, audience }: Cast, tally: Tally): Promise<string[]> {
  const truths = await truthOf(sql, producer.jobs);
  const truthById = new Map(truths.map((truth) => [truth.id, truth]));
  const problems = [
    ...(await checkExistence(sql, producer.jobs)),
    ...truths.flatMap(checkJob),
    ...audience.ofJobs.flatMap(({ job, feed, subscriber }) => {
      const truth = truthById.get(job.id);
      if (!truth) return [];
      return checkFollowed(subscriber.history, feed === jobLogs ? truth.lines : truth.steps, truth.status);
    }),
    ...(await checkDirect(sql, writer)),
    ...(await checkOrderOfEverything(sql)),
    ...producer.offences,
    ...[...audience.ofJobs, ...audience.ofEvents].flatMap(({ subscriber }) => subscriber.offences),
  ];
  for (const follower of audience.ofEvents) problems.push(...(await checkEventFollower(sql, follower, tally)));
  count(tally, truths, audience, writer);
  return problems;
}

// Each key gave one job, and there is no job that nobody was told of.
async function checkExistence(sql: SqlSession, jobs: readonly ProducedJob[]): Promise<string[]> {
  const rows = await sql.read<{ id: string; key: string }>(
    `select id, idempotency_key as key from jobs where name = 'chaos.count' and (idempotency_key = any($1) or created_at >= (select min(created_at) from jobs where id = any($2)))`,
    [jobs.map(({ key }) => key), jobs.map(({ id }) => id)],
  );
  const expected = new Map(jobs.map(({ id, key }) => [id, key]));
  const found = new Map(rows.map(({ id, key }) => [id, key]));
  return [
    ...jobs.filter(({ id, key }) => found.get(id) !== key).map(({ id, key }) => `job ${id} was acknowledged for "${key}" and is not there`),
    ...rows.filter(({ id }) => !expected.has(id)).map(({ id, key }) => `job ${id} is there for "${key}", and nobody was told of it`),
  ];
}

async function checkDirect(sql: SqlSession, { committed, rolledBack }: DirectWriter): Promise<string[]> {
  const rows = await sql.read<{ id: string; position: string | null }>(`select id, position from job_events where id = any($1)`, [
    [...committed, ...rolledBack],
  ]);
  const found = new Map(rows.map(({ id, position }) => [id, position]));
  return [
    ...committed.filter((id) => found.get(id) == null).map((id) => `event ${id} was committed and has no place in the order of everything`),
    ...rolledBack.filter((id) => found.has(id)).map((id) => `event ${id} was rolled back and is there`),
  ];
}

async function checkEventFollower(sql: SqlSession, { statuses, subscriber: { history } }: EventFollower, tally: Tally): Promise<string[]> {
  const last = pagesOf(history).at(-1);
  if (!last) return [`${history.name}: no page ever came`];
  const expected = await eventsBetween(sql, await beginningOf(sql, history), last.position, statuses);
  tally.events += expected.length;
  return checkEvents(history, expected);
}

async function beginningOf(sql: SqlSession, { start, connections }: History<SeenEvent>): Promise<number> {
  if (typeof start === 'object' && 'after' in start) return start.after;
  const [first] = connections.flat();
  const [item] = connections.flat().flatMap(({ items }) => items);
  // Who begins now is first told where that is; who asks for the newest begins with the first of them.
  return start === 'now' || !item ? first!.position : (await positionOf(sql, item.id)) - 1;
}

function count(tally: Tally, truths: readonly JobTruth[], audience: Audience, writer: DirectWriter): void {
  for (const { status, attempts, lines, steps } of truths) {
    tally.jobs[status] = (tally.jobs[status] ?? 0) + 1;
    tally.attempts += attempts;
    tally.rows += lines.length + steps.length;
  }
  tally.followers += audience.ofJobs.length;
  tally.items += audience.ofJobs.reduce(
    (sum, { subscriber }) => sum + pagesOf(subscriber.history).reduce((n, { items }) => n + items.length, 0),
    0,
  );
  tally.directEvents += writer.committed.length;
}
