import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { KeptCheckpoint } from './check-checkpoint.js';

/** The checkpoints of links after a number and up to another, in the order of the chain. */
export async function checkpointsUpTo(em: EntityManager, after: number, through: number): Promise<KeptCheckpoint[]> {
  const rows = await executeSql<{ number: string; digest: string; signature: string }>(
    em,
    sql`select number, digest, signature from audit_checkpoints where number > ${after} and number <= ${through} order by number, created_at`,
  );
  return rows.map(({ number, ...row }) => ({ number: Number(number), ...row }));
}
