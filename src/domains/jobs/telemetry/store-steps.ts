import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { appendEvents } from '../job-streams.js';
import type { Step } from './step.js';

/** Appends steps to a job, whose message and progress become the newest that they tell; false when this writer may not write any more. */
export async function storeSteps(
  em: EntityManager,
  { id, fence }: { id: string; fence: number },
  steps: readonly Step[],
): Promise<boolean> {
  const message = steps.findLast((step) => step.message != null)?.message ?? null;
  const progress = steps.findLast((step) => step.progress != null)?.progress ?? null;
  await executeSql(
    em,
    sql`
    update jobs set message = coalesce(${message}, message), progress = coalesce(${progress}::float8, progress), revision = revision + 1, updated_at = clock_timestamp()
    where id = ${id} and fence = ${fence}`,
  );
  return (await appendEvents(em, id, fence, steps)) !== null;
}
