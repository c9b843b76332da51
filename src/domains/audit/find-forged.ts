import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { ChainProblem } from './chain-problem.js';

/**
 * Links that the walk along the chain does not see: two of one number after a link and up to another, or, without the latter, those that
 * stand before the first one.
 */
export async function misplacedLinks(em: EntityManager, after: number, most: number, through?: number): Promise<ChainProblem[]> {
  const rows = await executeSql<{ number: string | null; entry_id: string }>(
    em,
    through === undefined
      ? sql`select number, entry_id from audit_seals where number < 1 or number is null order by number limit ${most}`
      : sql`select number, max(entry_id::text) as entry_id from audit_seals where number > ${after} and number <= ${through}
          group by number having count(*) > 1 order by number limit ${most}`,
  );
  return rows.map(({ number, entry_id }) => ({
    fault: 'LINK_OUT_OF_ORDER',
    number: number === null ? null : Number(number),
    entryId: entry_id,
    message: through === undefined ? `Link ${number} stands before the first one` : `There are several links ${number}`,
  }));
}

/** Entries behind one position and up to another that are no part of the chain; null for no bound. */
export async function forgedEntries(
  em: EntityManager,
  { after, through }: { after: number | null; through: number | null },
  most: number,
): Promise<ChainProblem[]> {
  // Sealed are all that have a position, in the transaction that gives it: one without a link was put there in another way.
  const rows = await executeSql<{ id: string }>(
    em,
    sql`select c.id from changes c where c.position is not null ${after === null ? sql.empty : sql`and c.position > ${after}`} ${through === null ? sql.empty : sql`and c.position <= ${through}`}
        and not exists (select 1 from audit_seals s where s.entry_id = c.id and s.number >= 1)
      order by c.position limit ${most}`,
  );
  return rows.map(({ id }) => ({ fault: 'ENTRY_FORGED', number: null, entryId: id, message: `Entry ${id} has no link in the chain` }));
}

/** What is missing of the end, as the checkpoints beside the chain tell. */
export async function cutOff(em: EntityManager): Promise<ChainProblem[]> {
  // One statement: links and checkpoints are added all the time.
  const [row] = await executeSql<{ last: string; number: string }>(
    em,
    sql`with head as (select coalesce(max(number), 0) as last from audit_seals)
      select last, number from audit_checkpoints, head where number > last order by number desc limit 1`,
  );
  if (!row) return [];
  const message = `The chain ends at ${row.last}, but a checkpoint knows of link ${row.number}`;
  return [{ fault: 'CUT_OFF', number: Number(row.number), entryId: null, message }];
}
