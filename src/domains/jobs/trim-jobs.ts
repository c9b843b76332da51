import { executeSql, sql } from '#core/database/sql.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { noteTrimmed, trimsOf } from '#core/feed/streams.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { Settings } from '#core/settings/settings.js';
import { FileStore } from '#domains/files/index.js';
import { JobEvent } from './job-event.entity.js';
import { eventsOf, linesOf } from './job-streams.js';
import { jobRetentionDays } from './job.settings.js';
import { runName } from './runs/run-name.js';

/** Deletes jobs that ended long ago, with their events, lines, files and streams. */
export const trimJobs: OwnOperation = {
  name: 'trimJobs',
  description: 'Deletes jobs that ended longer ago than the setting jobs.retentionDays says, with their events, lines, files and streams',
  cron: '17 3 * * *',
  run: deleteOld,
};

async function deleteOld(run: OwnRun): Promise<{ jobs: number }> {
  const { system } = run;
  const days = system.services.get(Settings).value(jobRetentionDays);
  const store = system.services.get(FileStore);
  const next = async (size: number): Promise<number> => {
    // The events and lines go with their job.
    const { n, runs } = await system.database.fork().transactional(async (em) => {
      const [row] = await executeSql<{ n: number; through: string | null; runs: { id: string; attempt: number }[] | null }>(
        em,
        sql`
        with old as (
          select id from jobs where finished_at < clock_timestamp() - make_interval(days => ${days}) order by finished_at limit ${size} for update skip locked
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
    return n;
  };
  return { jobs: await deleteInBatches(run, { words: 'jobs', size: 200, next }) };
}
