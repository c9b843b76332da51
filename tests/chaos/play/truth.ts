import type { JobTruth } from '../check/check-job.ts';
import { lineAsItem, stepAsItem } from '../clients/feeds.ts';
import type { ProducedJob } from '../clients/producer.ts';
import type { SqlSession } from '../stage/sql-session.ts';

/** How many jobs are not over. */
export async function openJobs(sql: SqlSession): Promise<number> {
  const [row] = await sql.read<{ count: number }>(
    `select count(*)::int as count from jobs where status not in ('SUCCEEDED', 'FAILED', 'CANCELLED')`,
  );
  return row!.count;
}

/** What the database has of some jobs. */
export async function truthOf(sql: SqlSession, jobs: readonly ProducedJob[]): Promise<JobTruth[]> {
  const ids = [jobs.map(({ id }) => id)];
  const rows = await sql.read(`select id, status, attempts, failures, max_attempts from jobs where id = any($1)`, ids);
  const lines = await sql.read(
    `select job_id, seq, attempt, stream, level, text from job_log_lines where job_id = any($1) order by seq`,
    ids,
  );
  const steps = await sql.read(
    `select job_id, seq, attempt, status, phase, message, created_at from job_events where job_id = any($1) order by seq`,
    ids,
  );
  const linesOf = Map.groupBy(lines, (line) => line.job_id as string);
  const stepsOf = Map.groupBy(steps, (step) => step.job_id as string);
  const rowOf = new Map(rows.map((row) => [row.id as string, row]));
  return jobs.flatMap(({ id, count, cancelledAt }) => {
    const row = rowOf.get(id);
    if (!row) return [];
    const ownSteps = stepsOf.get(id) ?? [];
    return {
      id,
      status: row.status,
      attempts: row.attempts,
      failures: row.failures,
      maxAttempts: row.max_attempts,
      count,
      cancelledAt,
      lines: (linesOf.get(id) ?? []).map(lineAsItem),
      steps: ownSteps.map((step) => ({ ...stepAsItem(step), status: step.status, phase: step.phase, message: step.message })),
      stepTimes: ownSteps.map(({ created_at }) => created_at as Date),
    } satisfies JobTruth;
  });
}

/** Where the order of everything stands. */
export async function headOfEverything(sql: SqlSession): Promise<number> {
  const [row] = await sql.read<{ seq: string }>(`select seq from streams where name = '*'`);
  return Number(row!.seq);
}

/** The events, as they are compared, behind one position and up to another, in some states or in all, in their order. */
export async function eventsBetween(sql: SqlSession, from: number, to: number, statuses: readonly string[] | null): Promise<string[]> {
  const rows = await sql.read<{ id: string }>(
    `select id || ' ' || status || ' ' || job_id as id from job_events where position > $1 and position <= $2 and ($3::text[] is null or status = any($3)) order by position`,
    [from, to, statuses],
  );
  return rows.map(({ id }) => id);
}

/** The position of an event, as it is compared. */
export async function positionOf(sql: SqlSession, id: string): Promise<number> {
  const [row] = await sql.read<{ position: string }>(`select position from job_events where id = $1`, [id.split(' ')[0]]);
  return Number(row?.position ?? 0);
}
