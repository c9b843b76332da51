import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { conditionOf, Policies } from '#core/policy/policy.js';
import { isFinal, JobStatus } from '../job-status.js';
import { Job } from '../job.entity.js';

/** The jobs of a toolkit that have not ended, the oldest first, and which of them the actor sees; none of them ends before the transaction does. */
export async function unfinishedJobs(
  { em, actor, services }: Pick<WriteContext, 'em' | 'actor' | 'services'>,
  toolkitId: string,
): Promise<{ id: string; isSeen: boolean }[]> {
  const open = (Object.keys(JobStatus.values) as JobStatus[]).filter((status) => !isFinal(status));
  const visible = conditionOf(services.get(Policies).visible(Job, actor, 'j'));
  return executeSql<{ id: string; isSeen: boolean }>(
    em,
    sql`select j.id, coalesce((${visible}), false) as "isSeen" from jobs j where j.toolkit_id = ${toolkitId} and j.status = any(${open}::text[])
      order by j.id for update of j`,
  );
}
