import { executeSql, sql } from '#core/database/sql.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { JobRetention } from './job-retention.js';
import { eventsOf, linesOf } from './job-streams.js';

const batch = 200;

/** Deletes jobs that ended long ago, with their events, lines and streams. */
export const trimJobs: OwnOperation = {
  name: 'trimJobs',
  description: 'Deletes jobs that ended more than JOB_RETENTION_DAYS days ago, with their events, lines and streams',
  cron: '17 3 * * *',
  run: deleteOld,
};

async function deleteOld({ system, signal, progress }: OwnRun): Promise<{ jobs: number }> {
  const { days } = system.services.get(JobRetention);
  let jobs = 0;
  for (let deleted = batch; deleted === batch;) {
    signal.throwIfAborted();
    // The events and lines go with their job.
    const [row] = await executeSql<{ n: number }>(
      system.database.fork(),
      sql`
      with old as (
        select id from jobs where finished_at < clock_timestamp() - make_interval(days => ${days}) order by finished_at limit ${batch} for update skip locked
      ), gone as (
        delete from jobs where id in (select id from old) returning id
      ), ended as (
        delete from streams where name in (select ${eventsOf('')} || id from gone union all select ${linesOf('')} || id from gone)
      )
      select count(*)::int as n from gone`,
    );
    deleted = row!.n;
    jobs += deleted;
    await progress({ status: 'deleting', message: `${jobs} jobs deleted` });
  }
  return { jobs };
}
