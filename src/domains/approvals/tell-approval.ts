import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { ApprovalEvent, type ApprovalAction } from './approval-event.entity.js';
import type { Approval } from './approval.entity.js';

/** Tells what happened to an approval, whose row the transaction holds: in its feed, and in the audit trail. */
export async function tellApproval(
  context: WriteContext,
  approval: Approval,
  action: ApprovalAction,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { em, actor } = context;
  const { id, kind, riskLevel, subjectType, subjectId, subjectName } = approval;
  await em.flush();
  await executeSql(
    em,
    sql`insert into approval_events (id, approval_id, seq, kind, action, risk_level, subject_type, subject_id, actor_id, actor_name, created_at)
      select ${newId(declarationOf(ApprovalEvent).type)}, ${id}, coalesce(max(e.seq), 0) + 1, ${kind}, ${action}, ${riskLevel}, ${subjectType}, ${subjectId},
        ${actor.id}, ${actor.name}, clock_timestamp() from approval_events e where e.approval_id = ${id}`,
  );
  context.record(`approvals.approval.${recorded[action]}`, approval, {
    severity: riskLevel === 'HIGH' || riskLevel === 'CRITICAL' ? 'MEDIUM' : 'LOW',
    details: { kind, subjectType, subjectId, subjectName, ...details },
  });
  context.touch(sequencedStream);
}

const recorded: Record<ApprovalAction, string> = {
  REQUESTED: 'requested',
  PARTLY_APPROVED: 'partlyApproved',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
  ESCALATED: 'escalated',
};
