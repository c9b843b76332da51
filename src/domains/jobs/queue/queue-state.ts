import { sql, type Sql } from '#core/database/sql.js';

/** How a queue stands. */
export interface QueueState {
  name: string;
  waiting: number;
  running: number;
  parked: number;
  oldestWaitMs: number | null;
  workers: number;
}

/**
 * Reads how all queues stand, in one statement: those that operations use, and those that jobs `j` are on for which a condition holds, as
 * all others are left out. A living worker serves the queues that operations use, because the processes of an installation have the same
 * toolkits.
 */
export const queueState = (used: readonly string[], counted: Sql = sql`true`): Sql => sql`
  with open as (
    select queue as name, count(*) filter (where status = 'RUNNING')::int as running, count(*) filter (where parked_at is not null)::int as parked,
      count(*) filter (where status <> 'RUNNING' and parked_at is null)::int as waiting,
      min(queued_at) filter (where status <> 'RUNNING' and parked_at is null) as oldest
    from jobs j where status = any('{QUEUED,RETRYING,RUNNING}'::text[]) and ${counted} group by queue
  )
  select coalesce(u.name, open.name) as name, coalesce(waiting, 0) as waiting, coalesce(running, 0) as running, coalesce(parked, 0) as parked,
    case when oldest is not null then greatest(round(extract(epoch from clock_timestamp() - oldest) * 1000), 0)::float8 end as "oldestWaitMs",
    case when u.name is null then 0 else (select count(*)::int from workers where stopped_at is null) end as workers
  from unnest(${used}::text[]) u(name) full join open on open.name = u.name order by 1`;
