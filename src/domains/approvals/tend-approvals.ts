import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteContext } from '#core/feed/write.js';
import type { OwnRun } from '#core/jobs/own-operation.js';
import { Approval } from './approval.entity.js';

const batch = 200;

/** What is to be done with which of the approvals that wait. */
interface Tending {
  /** Which of them, over the alias `a`. */
  due: Sql;
  /** What comes before the approval's row is held. */
  prepare?: (context: WriteContext, approval: Approval) => Promise<void>;
  /** Does it with one, whose row is held; false when there was nothing to do any more. */
  tend: (context: WriteContext, approval: Approval) => Promise<boolean>;
}

/** Does something with each approval that waits and is due, each in a transaction of its own; one that fails keeps no other from it. */
export async function tendApprovals(run: OwnRun, tending: Tending): Promise<number> {
  const { system, signal, progress } = run;
  const outcomes = { done: 0, passed: 0, failed: 0 };
  let after: { expires_at: string | Date; id: string } | null = null;
  for (let found = batch; found === batch;) {
    const behind: Sql = after ? sql`and (a.expires_at, a.id) > (${after.expires_at}::timestamptz, ${after.id}::uuid)` : sql.empty;
    const rows: { expires_at: string | Date; id: string }[] = await executeSql(
      system.database.fork(),
      sql`select a.id, a.expires_at from approvals a where a.status = 'PENDING' and ${tending.due} ${behind} order by a.expires_at, a.id limit ${batch}`,
    );
    for (const { id } of rows) {
      signal.throwIfAborted();
      outcomes[await tryOne(run, id, tending)] += 1;
    }
    found = rows.length;
    after = rows.at(-1) ?? null;
    await progress({ status: 'tending', message: `${outcomes.done} approvals` });
  }
  if (outcomes.failed > 0) throw new Error(`${outcomes.failed} approvals could not be tended; the log says why`);
  return outcomes.done;
}

/** Whether one of the approvals that wait is due. */
export async function isAnyDue(em: EntityManager, due: Sql): Promise<boolean> {
  const [row] = await executeSql<{ isAny: boolean }>(
    em,
    sql`select exists (select 1 from approvals a where a.status = 'PENDING' and ${due}) as "isAny"`,
  );
  return row!.isAny;
}

async function tryOne({ system, log }: OwnRun, id: string, tending: Tending): Promise<'done' | 'passed' | 'failed'> {
  try {
    const { result } = await write(system, ownOrigin, (context) => tendOne(context, id, tending));
    return result ? 'done' : 'passed';
  } catch (error) {
    await log('ERROR', `Approval ${id}: ${error instanceof Error ? error.message : String(error)}`);
    return 'failed';
  }
}

async function tendOne(context: WriteContext, id: string, { prepare, tend }: Tending): Promise<boolean> {
  const { em } = context;
  if (prepare) {
    const seen = await em.findOne(Approval, { id });
    if (seen) await prepare(context, seen);
  }
  // What somebody else holds is being decided, or is tended by another process.
  const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
  const approval = await em.findOne(Approval, { id, status: 'PENDING' }, { lockMode, refresh: true });
  return approval !== null && tend(context, approval);
}
