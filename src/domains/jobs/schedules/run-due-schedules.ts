import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableText } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteContext, type WriteSystem } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';
import { system as systemActor } from '#core/policy/actor.js';
import { checkRights } from '../queue/check-rights.js';
import { enqueueJob } from '../queue/enqueue-job.js';
import { nextDue } from './next-due.js';

const mostAtOnce = 100;

interface Due {
  id: string;
  name: string;
  operation: string;
  cron: string;
  timezone: string;
  parameters: Record<string, unknown>;
  priority: number;
  runs_as_id: string | null;
  runs_as_name: string;
  /** What the database's clock says, in milliseconds; the times of all processes are compared to this one. */
  now: number;
}

/**
 * Starts the jobs of the schedules that are due. A job and the next time of its schedule commit together, and what another process
 * has in hand is left to it: each due time runs once. Times that passed while nobody was there run once together.
 */
export async function runDueSchedules(system: WriteSystem): Promise<void> {
  const tried: string[] = [];
  while (tried.length < mostAtOnce) {
    let due: Due | null = null;
    try {
      await write(system, ownOrigin, async (context) => {
        due = await nextOf(context.em, tried);
        if (due) await run(context, due);
      });
    } catch (error) {
      if (due === null) throw error;
      // A schedule that cannot run waits for its next time; a fault of ours is tried again, and holds nobody up.
      if (error instanceof AppError) await miss(system.database.fork(), due, error.message);
      else system.log.warn({ err: error, schedule: (due as Due).name }, 'a schedule could not run; tried again later');
    }
    if (due === null) return;
    tried.push((due as Due).id);
  }
}

async function nextOf(em: EntityManager, tried: readonly string[]): Promise<Due | null> {
  const [due] = await executeSql<Due>(
    em,
    sql`
    select id, name, operation, cron, timezone, parameters, priority, runs_as_id, runs_as_name, floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now from job_schedules
    where next_run_at <= clock_timestamp() and is_enabled and not id = any(${tried}::uuid[])
    order by next_run_at limit 1 for update skip locked`,
  );
  return due ?? null;
}

async function run(context: WriteContext, { id, name, operation, parameters, priority, ...due }: Due): Promise<void> {
  const known = context.services.get(Operations).find(operation);
  if (known && 'run' in known && known.hasWork && !(await known.hasWork(context))) return passOver(context.em, id, due);
  await checkRights(context, { operation, parameters, userId: due.runs_as_id, username: due.runs_as_name });
  const by = { id: null, name: `schedule ${name}` };
  const job = await enqueueJob(
    {
      ...context,
      actor: { ...systemActor, ...by },
      record: (action, subject, more) => context.record(action, subject, { ...more, by }),
    },
    { name: operation, parameters, priority },
  );
  await executeSql(
    context.em,
    sql`
    update job_schedules set last_run_at = to_timestamp(${due.now} / 1000.0), last_job_id = ${job.id}, last_error = null, next_run_at = ${after(due)}
    where id = ${id}`,
  );
}

async function passOver(em: EntityManager, id: string, due: Pick<Due, 'cron' | 'timezone' | 'now'>): Promise<void> {
  await executeSql(em, sql`update job_schedules set last_error = null, next_run_at = ${after(due)} where id = ${id}`);
}

async function miss(em: EntityManager, due: Due, reason: string): Promise<void> {
  await executeSql(
    em,
    sql`
    update job_schedules set last_error = ${storableText(reason)}, next_run_at = ${after(due)}
    where id = ${due.id} and next_run_at <= to_timestamp(${due.now} / 1000.0)`,
  );
}

// An expression that another version of the parser took is not due any more.
function after({ cron, timezone, now }: Pick<Due, 'cron' | 'timezone' | 'now'>): Date | null {
  try {
    return nextDue(cron, timezone, new Date(now));
  } catch {
    return null;
  }
}
