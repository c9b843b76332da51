import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { isFinal, JobStatus } from '../job-status.js';

/** The ids of the jobs of a toolkit that have not ended, the oldest first; none of them ends before the transaction does. */
export async function unfinishedJobs(em: EntityManager, toolkitId: string): Promise<string[]> {
  const open = (Object.keys(JobStatus.values) as JobStatus[]).filter((status) => !isFinal(status));
  const rows = await executeSql<{ id: string }>(
    em,
    sql`select id from jobs where toolkit_id = ${toolkitId} and status = any(${open}::text[]) order by id for update`,
  );
  return rows.map(({ id }) => id);
}
