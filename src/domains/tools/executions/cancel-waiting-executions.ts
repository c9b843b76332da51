import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { cancelApproval } from '#domains/approvals/index.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { partOf } from './part-of.js';

/**
 * Takes back what humans were asked about uses of a tool that is not what it was any more: nobody could agree to them. They end with the
 * reason. The caller has locked the tool, so that no more of them begin.
 */
export async function cancelWaitingExecutions(context: WriteContext, toolId: string, reason: string): Promise<void> {
  const { em } = context;
  // The jobs first, in one order: whatever moves an execution holds its job before it.
  const waiting = await executeSql<{ id: string }>(
    em,
    sql`with held as (
        select id from jobs where id in (select job_id from tool_executions where tool_id = ${toolId} and status = 'WAITING_APPROVAL') order by id for update
      )
      select e.id from tool_executions e where e.job_id in (select id from held) order by e.id`,
  );
  const approvals = await em.find(Approval, { kind: 'TOOL_EXECUTION', subjectId: waiting.map(({ id }) => id), status: 'PENDING' });
  for (const approval of approvals) await cancelApproval(partOf(context, approval.subjectId), approval, reason);
}
