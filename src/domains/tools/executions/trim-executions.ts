import { executeSql, sql } from '#core/database/sql.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { eventsOfExecution } from './execution-streams.js';
import { executionRetentionDays } from './execution.settings.js';

/** Deletes executions that ended long ago, and cached results whose time is over. */
export const trimExecutions: OwnOperation = {
  name: 'trimToolExecutions',
  description:
    'Deletes uses of tools that ended longer ago than the setting tools.executionRetentionDays says, with what happened to them, and cached results whose time is over',
  cron: '7 4 * * *',
  run: trim,
};

async function trim(run: OwnRun): Promise<{ executions: number; cacheEntries: number }> {
  const { database, services } = run.system;
  const days = services.get(Settings).value(executionRetentionDays);
  const nextExecutions = async (size: number): Promise<number> => {
    // The events go with their execution.
    const [row] = await executeSql<{ n: number }>(
      database.fork(),
      sql`
      with old as (
        select id from tool_executions where completed_at < clock_timestamp() - make_interval(days => ${days}) order by completed_at limit ${size} for update skip locked
      ), gone as (
        delete from tool_executions where id in (select id from old) returning id
      ), ended as (
        delete from streams where name in (select ${eventsOfExecution('')} || id from gone)
      )
      select count(*)::int as n from gone`,
    );
    return row!.n;
  };
  const nextCached = async (size: number): Promise<number> => {
    const gone = await executeSql(
      database.fork(),
      sql`delete from tool_cache_entries where id in (
        select id from tool_cache_entries where expires_at < clock_timestamp() order by expires_at limit ${size} for update skip locked) returning id`,
    );
    return gone.length;
  };
  return {
    executions: await deleteInBatches(run, { words: 'uses of tools', size: 200, next: nextExecutions }),
    cacheEntries: await deleteInBatches(run, { words: 'cached results', size: 200, next: nextCached }),
  };
}
