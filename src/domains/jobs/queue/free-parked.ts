import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { Delivery } from '#core/jobs/delivery.js';
import { deliverParked } from './deliver-parked.js';
import { lockKeys } from './lock-keys.js';

const mostKeys = 50;

/** Finds parked jobs whose key has room, for whatever reason nobody delivered them, and puts them back on their queues. Returns how many. */
export async function freeParked(em: EntityManager, delivery: Delivery): Promise<number> {
  const keys = await executeSql<{ key: string }>(
    em,
    sql`
    select key from (select concurrency_key as key, max(concurrency_limit) as most from jobs where parked_at is not null group by 1) parked
    where (select count(*) from jobs r where r.concurrency_key = parked.key and r.status = 'RUNNING') < most limit ${mostKeys}`,
  );
  let freed = 0;
  for (const { key } of keys)
    freed += await em.transactional(async (tx) => {
      await lockKeys(tx, [key]);
      return deliverParked(tx, delivery, [key]);
    });
  return freed;
}
