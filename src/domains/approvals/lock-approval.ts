import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { Approval } from './approval.entity.js';

/** The approval as it is now, held until the end of the transaction; null when there is none. Its subject's row comes before it. */
export const lockApproval = (em: EntityManager, id: string): Promise<Approval | null> =>
  em.findOne(Approval, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });

/** The time by the clock of the database, which decides for all processes what has expired. */
export async function databaseNow(em: EntityManager): Promise<Date> {
  const [row] = await executeSql<{ now: string | Date }>(em, sql`select clock_timestamp() as now`);
  return new Date(row!.now);
}
