import { executeSql, sql } from '#core/database/sql.js';
import { keptUntil } from '#core/feed/change.entity.js';
import { noteTrimmed, trimsOf } from '#core/feed/streams.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';

/** Deletes entries of the audit trail whose time has passed; their links stay. */
export const trimAudit: OwnOperation = {
  name: 'trimAudit',
  description: 'Deletes entries of the audit trail that have been kept for their retentionDays; the chain stays verifiable',
  cron: '47 3 * * *',
  run: deleteOld,
};

async function deleteOld(run: OwnRun): Promise<{ entries: number }> {
  const next = (size: number): Promise<number> =>
    run.system.database.fork().transactional(async (em) => {
      // Sealed ones only: what has no link yet would leave no trace.
      const [row] = await executeSql<{ n: number; through: string | null }>(
        em,
        sql`
        with old as (
          select id from changes c where ${keptUntil('c')} < (now() at time zone 'UTC') and position is not null limit ${size}
        ), gone as (
          delete from changes where id in (select id from old) returning position
        )
        select count(*)::int as n, max(position) as through from gone`,
      );
      if (row!.through !== null) await noteTrimmed(em, trimsOf('changes', null), Number(row!.through));
      return row!.n;
    });
  return { entries: await deleteInBatches(run, { words: 'entries', size: 1_000, next }) };
}
