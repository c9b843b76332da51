import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Delivery } from '#core/jobs/delivery.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import { deliverParked } from '../queue/deliver-parked.js';
import { JobEvent } from '../job-event.entity.js';
import { eventsOf, linesOf } from '../job-streams.js';
import { statesBefore } from '../job-status.js';
import { lockKeys } from '../queue/lock-keys.js';
import { movedJob, type MovedJob, type Mover } from '../queue/move-job.js';

/** The jobs that a worker has to run now, and whether there may be more for it on the queue. */
export interface Claim {
  jobs: MovedJob[];
  isMore: boolean;
}

/**
 * Takes up to `limit` jobs off a queue for a worker: off the queue and RUNNING commit together. A job whose key has no place free is
 * parked. The number of statements does not depend on the number of jobs.
 */
export async function claimJobs(
  { em, services }: Mover,
  queue: string,
  limit: number,
  worker: { id: string; name: string },
): Promise<Claim> {
  const delivery = services.get(Delivery);
  return em.transactional(async (tx) => {
    const delivered = await delivery.take(tx, queue, limit);
    if (delivered.length === 0) return { jobs: [], isMore: false };
    const rows = await executeSql<{ key: string }>(
      tx,
      sql`select distinct concurrency_key as key from jobs where id = any(${delivered}::uuid[]) and concurrency_key is not null`,
    );
    const keys = rows.map(({ key }) => key);
    await lockKeys(tx, keys);
    const jobs = await begin(tx, delivered, worker);
    await services.get(JobFollowers).moved(tx, jobs);
    // Also for a place that somebody who cancelled meanwhile has left.
    const freed = await deliverParked(tx, delivery, keys);
    return { jobs, isMore: delivered.length === limit || freed > 0 };
  });
}

/**
 * Moves to RUNNING what was delivered, and parks what finds no place: of each key those run that have the highest priority and wait
 * longest, parked ones among them. One that was cancelled meanwhile, or delivered twice, moves nothing.
 */
const begin = (em: EntityManager, delivered: readonly string[], worker: { id: string; name: string }): Promise<MovedJob[]> => {
  const waits = sql`status = any(${statesBefore('RUNNING')}::text[])`;
  const columns = sql`id, concurrency_key as key, concurrency_limit as most, priority, queued_at`;
  const bestFirst = sql`priority desc, queued_at, id`;
  const eventIds = delivered.map(() => newId(declarationOf(JobEvent).type));
  return executeSql<MovedJob>(
    em,
    sql`
    with delivered as (
      select ${columns}, ${waits} as waits from jobs where id = any(${delivered}::uuid[])
    ), keys as (
      select key, count(*) as deliveries, (select count(*) from jobs r where r.concurrency_key = key and r.status = 'RUNNING') as running
      from delivered where key is not null group by key
    ), candidates as (
      select id, key, most, priority, queued_at from delivered where key is not null and waits
      union all
      select parked.* from keys cross join lateral (
        select ${columns} from jobs p where p.concurrency_key = keys.key and parked_at is not null order by ${bestFirst} limit keys.deliveries
      ) parked where not parked.id = any(${delivered}::uuid[])
    ), ranked as (
      select *, row_number() over (partition by key order by ${bestFirst}) as place from candidates
    ), chosen as (
      select id from delivered where key is null and waits
      union all
      select id from ranked join keys using (key) where place <= deliveries and running + place <= most
    ), moved as (
      update jobs set status = 'RUNNING', message = ${`Runs on ${worker.name}`}, fence = fence + 1, attempts = attempts + 1, worker_id = ${worker.id},
        started_at = clock_timestamp(), progress = 0, error = null, parked_at = null, revision = revision + 1, updated_at = clock_timestamp()
      where id in (select id from chosen) and ${waits} returning ${movedJob}
    ), parked as (
      update jobs set parked_at = clock_timestamp(), revision = revision + 1, updated_at = clock_timestamp()
      where id in (select id from ranked where not id in (select id from chosen)) and parked_at is null and ${waits}
    ), lines as (
      update streams s set fence = moved.fence from moved where s.name = ${linesOf('')} || moved.id
    ), heads as (
      update streams s set fence = moved.fence, seq = s.seq + 1 from moved where s.name = ${eventsOf('')} || moved.id
      returning moved.id, moved.attempts, s.seq
    ), told as (
      insert into job_events (id, job_id, seq, attempt, status, message, progress, created_at)
      select (${eventIds}::uuid[])[row_number() over ()], id, seq, attempts, 'RUNNING', ${`Runs on ${worker.name}`}, 0, clock_timestamp() from heads
    )
    select * from moved order by priority desc, id`,
  );
};
