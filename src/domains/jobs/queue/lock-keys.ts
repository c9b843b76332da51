import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';

const seed = 7_216_004;

/**
 * Locks keys of concurrency until the end of the transaction: who moves a job of a key to RUNNING or out of it holds its lock. It is
 * taken before the rows of jobs, all keys in one statement and in one order, so that nobody waits in a circle.
 */
export async function lockKeys(em: EntityManager, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await executeSql(
    em,
    sql`
    with sorted as materialized (select distinct hashtextextended(key, ${seed}) as lock from unnest(${keys}::text[]) key order by 1)
    select pg_advisory_xact_lock(lock) from sorted`,
  );
}
