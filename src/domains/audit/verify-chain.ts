import type { Database } from '#core/database/open-database.js';
import type { JSONWebKeySet } from 'jose';
import { executeSql, sql } from '#core/database/sql.js';
import { ChainCheck } from './chain-check.js';
import type { ChainProblem } from './chain-problem.js';
import { checkCheckpoint } from './check-checkpoint.js';
import { checkpointsUpTo } from './read-checkpoints.js';
import { readLinks } from './read-links.js';

// An entry may hold a megabyte of JSON, which takes many times as much in memory.
const batch = 100;
const mostProblems = 100;

/** Which part of the chain to verify: at most `limit` links after a number. */
export interface ChainRange {
  readonly after: number;
  readonly limit: number;
  readonly keys: JSONWebKeySet;
  readonly signal?: AbortSignal;
  readonly onProgress?: (checked: number) => Promise<void>;
}

/** How a part of the chain was found. */
export interface ChainReport {
  readonly isIntact: boolean;
  readonly checkedCount: number;
  readonly expiredCount: number;
  readonly checkpointCount: number;
  readonly lastNumber: number;
  readonly digest: string | null;
  /** Whether the chain goes on behind the last number. */
  readonly hasMore: boolean;
  readonly problemCount: number;
  /** The first of them, at most 100. */
  readonly problems: readonly ChainProblem[];
}

/** Verifies entries, links and checkpoints as the database holds them. */
export async function verifyChain(database: Database, { after, limit, keys, signal, onProgress }: ChainRange): Promise<ChainReport> {
  const em = database.fork();
  const problems: ChainProblem[] = [];
  let problemCount = 0;
  // Of a chain that was made anew every link may be wrong.
  const note = (...found: readonly ChainProblem[]): void => {
    problemCount += found.length;
    problems.push(...found.slice(0, mostProblems - problems.length));
  };
  const [before] =
    after === 0
      ? []
      : await executeSql<{ digest: string; position: string }>(em, sql`select digest, position from audit_seals where number = ${after}`);
  const check = after === 0 ? new ChainCheck(new Date()) : new ChainCheck(new Date(), after, before?.digest ?? null);
  // From the first link on also what stands before it: nothing has a position below 1.
  let position = after === 0 ? null : Number(before?.position ?? 0);
  if (after > 0 && !before) note({ fault: 'LINK_MISSING', number: after, entryId: null, message: `There is no link ${after}` });
  let checkpointCount = 0;
  let hasMore = true;
  while (hasMore && check.checked < limit) {
    signal?.throwIfAborted();
    const start = check.number;
    const size = Math.min(batch, limit - check.checked);
    const links = await readLinks(em, { after: start, limit: size });
    const checkpoints = Map.groupBy(await checkpointsUpTo(em, start, links.at(-1)?.number ?? start), ({ number }) => number);
    for (const link of links) {
      note(...check.next(link));
      for (const checkpoint of checkpoints.get(link.number) ?? []) {
        checkpointCount += 1;
        note(...(await checkCheckpoint(checkpoint, link.digest, keys)));
      }
    }
    hasMore = links.length === size;
    note(...(await forgedIn(position, hasMore ? links.at(-1)!.position : null)));
    position = links.at(-1)?.position ?? position;
    await onProgress?.(check.checked);
  }
  if (!hasMore) note(...(await cutOff()));
  return {
    isIntact: problemCount === 0,
    checkedCount: check.checked,
    expiredCount: check.expired,
    checkpointCount,
    lastNumber: check.number,
    digest: check.digest,
    hasMore,
    problemCount,
    problems,
  };

  // Sealed are all that have a position, in the transaction that gives it: one without a seal was put there in another way.
  async function forgedIn(from: number | null, through: number | null): Promise<ChainProblem[]> {
    const rows = await executeSql<{ id: string }>(
      em,
      sql`select c.id from changes c where c.position is not null ${from === null ? sql.empty : sql`and c.position > ${from}`} ${through === null ? sql.empty : sql`and c.position <= ${through}`} and not exists (select 1 from audit_seals s where s.entry_id = c.id)
        order by c.position limit ${mostProblems}`,
    );
    return rows.map(({ id }) => ({ fault: 'ENTRY_FORGED', number: null, entryId: id, message: `Entry ${id} has no link in the chain` }));
  }

  async function cutOff(): Promise<ChainProblem[]> {
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
}
