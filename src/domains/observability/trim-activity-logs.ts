import { declarationOf } from '#core/database/declare/registry.js';
import { executeSql, sql } from '#core/database/sql.js';
import { noteTrimmed, trimsOf } from '#core/feed/streams.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { ActivityLog } from './activity-log.entity.js';
import { activityRetentionDays } from './activity-log.settings.js';

/** Deletes old entries of the activity log. */
export const trimActivityLogs: OwnOperation = {
  name: 'trimActivityLogs',
  description: 'Deletes entries of the activity log that are older than the setting observability.activityRetentionDays says',
  cron: '41 3 * * *',
  run: deleteOld,
};

async function deleteOld(run: OwnRun): Promise<{ entries: number }> {
  const { database, services } = run.system;
  const days = services.get(Settings).value(activityRetentionDays);
  const next = (size: number): Promise<number> =>
    database.fork().transactional(async (em) => {
      const [row] = await executeSql<{ n: number; through: string | null }>(
        em,
        sql`with gone as (
          delete from activity_logs where id in (
            select id from activity_logs where created_at < clock_timestamp() - make_interval(days => ${days}) and position is not null
              order by created_at, id limit ${size}
          ) returning position
        ) select count(*)::int as n, max(position) as through from gone`,
      );
      if (row!.through !== null) await noteTrimmed(em, trimsOf(declarationOf(ActivityLog).table, null), Number(row!.through));
      return row!.n;
    });
  return { entries: await deleteInBatches(run, { words: 'entries', size: 5_000, next }) };
}
