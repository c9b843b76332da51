import { executeSql, sql } from '#core/database/sql.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { noteTrimmed, trimsOf } from '#core/feed/streams.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { FileStore } from '#domains/files/index.js';
import { JobEvent } from './job-event.entity.js';
import { JobRetention } from './job-retention.js';
import { eventsOf, linesOf } from './job-streams.js';
import { runName } from './run-name.js';

const batch = 200;

/** Deletes jobs that ended long ago, with their events, lines, files and streams. */
export const trimJobs: OwnOperation = {
  name: 'trimJobs',
  description: 'Deletes jobs that ended more than JOB_RETENTION_DAYS days ago, with their events, lines, files and streams',
  cron: '17 3 * * *',
  run: deleteOld,
};

async function deleteOld({ system, signal, progress }: OwnRun): Promise<{ jobs: number }> {
  const { days } = system.services.get(JobRetention);
  const store = system.services.get(FileStore);
  let jobs = 0;
  for (let deleted = batch; deleted === batch;) {
    signal.throwIfAborted();
    // The events and lines go with their job.
    const { n, runs } = await system.database.fork().transactional(async (em) => {
      const [row] = await executeSql<{ n: number; through: string | null; runs: { id: string; attempt: number }[] | null }>(
        em,
        sql`
        with old as (
          select id from jobs where finished_at < clock_timestamp() - make_interval(days => ${days}) order by finished_at limit ${batch} for update skip locked
        ), newest as (
          select max(e.position) as position from job_events e where e.job_id in (select id from old)
        ), kept as (
          select distinct job_id as id, attempt from job_files where job_id in (select id from old)
        ), gone as (
          delete from jobs where id in (select id from old) returning id
        ), ended as (
          delete from streams where name in (select ${eventsOf('')} || id from gone union all select ${linesOf('')} || id from gone)
        )
        select (select count(*)::int from gone) as n, (select position from newest) as through, (select json_agg(kept) from kept) as runs`,
      );
      // Whoever resumes the feed of all jobs before these events is told that some are gone.
      if (row!.through !== null) await noteTrimmed(em, trimsOf(declarationOf(JobEvent).table, null), Number(row!.through));
      return row!;
    });
    // Only now: what is not committed is still there to be downloaded.
    for (const { id, attempt } of runs ?? []) await store.removeRun(runName(id, attempt));
    deleted = n;
    jobs += deleted;
    await progress({ status: 'deleting', message: `${jobs} jobs deleted` });
  }
  return { jobs };
}
