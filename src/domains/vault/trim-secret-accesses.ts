import { executeSql, sql } from '#core/database/sql.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { accessRetentionDays } from './vault.settings.js';

/** Deletes accesses of secrets whose time has passed. */
export const trimSecretAccesses: OwnOperation = {
  name: 'trimSecretAccesses',
  description: 'Deletes accesses of secrets that are older than vault.accessRetentionDays',
  cron: '17 4 * * *',
  run: deleteOld,
};

async function deleteOld(run: OwnRun): Promise<{ accesses: number }> {
  const { database, services } = run.system;
  const days = services.get(Settings).value(accessRetentionDays);
  const next = async (size: number): Promise<number> => {
    const gone = await executeSql(
      database.fork(),
      sql`delete from secret_accesses where id in (
        select id from secret_accesses where accessed_at < now() - make_interval(days => ${days}) limit ${size}) returning id`,
    );
    return gone.length;
  };
  return { accesses: await deleteInBatches(run, { words: 'accesses', size: 1_000, next }) };
}
