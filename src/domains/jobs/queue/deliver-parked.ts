import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { Delivery } from '#core/jobs/delivery.js';

/**
 * Puts parked jobs back on their queues, as many as their keys have room for: those of higher priority first, then the older ones.
 * The caller holds the locks of the keys. Returns how many.
 */
export async function deliverParked(em: EntityManager, delivery: Delivery, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const jobs = await executeSql<{ jobId: string; queue: string; priority: number }>(
    em,
    sql`
    update jobs set parked_at = null, revision = revision + 1, updated_at = clock_timestamp()
    where parked_at is not null and id in (
      select next.id from unnest(${keys}::text[]) key
      cross join lateral (select count(*) as n from jobs r where r.concurrency_key = key and r.status = 'RUNNING') running
      cross join lateral (
        select p.concurrency_limit as most from jobs p where p.concurrency_key = key and p.parked_at is not null
        order by p.priority desc, p.queued_at, p.id limit 1
      ) first
      cross join lateral (
        select p.id from jobs p where p.concurrency_key = key and p.parked_at is not null
        order by p.priority desc, p.queued_at, p.id limit greatest(first.most - running.n, 0)
      ) next
    )
    returning id as "jobId", queue, priority`,
  );
  await delivery.sendAll(em, jobs);
  return jobs.length;
}
