import type { EntityManager } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { AuditSeal } from './audit-seal.entity.js';
import { chainStart, sealDigest, type SealContent } from './digests.js';
import { digestOfChange, expiryOf, type ChangeRow } from './sealed-content.js';

/**
 * Adds links to the chain for changes that have just got their position, in its order; without `ids` for the oldest ones that an older
 * version has left behind the end of the chain, at most `most`. Returns for how many. Only for the holder of the sequencer's lock: the
 * chain has one end.
 */
export async function sealChanges(em: EntityManager, ids: readonly string[] | null, most: number): Promise<number> {
  const [last] = await executeSql<{ number: string; position: string; digest: string }>(
    em,
    sql`select number, position, digest from audit_seals order by number desc limit 1`,
  );
  // Not by the position alone: one that somebody has forged must not keep the others from being sealed.
  const which = ids
    ? sql`id = any(${ids}::uuid[])`
    : sql`position > ${last?.position ?? 0} and not exists (select 1 from audit_seals s where s.entry_id = c.id)`;
  const rows = await executeSql<ChangeRow>(em, sql`select * from changes c where ${which} order by position limit ${most}`);
  if (rows.length === 0) return 0;
  const { type } = declarationOf(AuditSeal);
  let number = Number(last?.number ?? 0);
  let digest = last?.digest ?? chainStart;
  const links = rows.map((row) => {
    const content: SealContent = {
      number: ++number,
      position: Number(row.position),
      entryId: row.id,
      entryDigest: digestOfChange(row),
      expiresAt: expiryOf(row),
    };
    digest = sealDigest(content, digest);
    return {
      id: newId(type),
      number,
      position: content.position,
      entry_id: content.entryId,
      entry_digest: content.entryDigest,
      expires_at: content.expiresAt,
      digest,
    };
  });
  await executeSql(
    em,
    sql`insert into audit_seals select * from jsonb_populate_recordset(null::audit_seals, ${JSON.stringify(links)}::jsonb)`,
  );
  return rows.length;
}
