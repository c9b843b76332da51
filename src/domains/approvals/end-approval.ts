import type { WriteContext } from '#core/feed/write.js';
import { ApprovalKinds, type Verdict } from './approval-kinds.js';
import type { Approval, ApprovalStatus } from './approval.entity.js';
import { tellApproval } from './tell-approval.js';

/** Gives a pending approval, whose row the transaction holds, its final state, and has its domain carry out what follows. */
export async function endApproval(
  context: WriteContext,
  approval: Approval,
  status: Exclude<ApprovalStatus, 'PENDING'>,
  comment: string | null,
): Promise<void> {
  const { id, name } = context.actor;
  approval.status = status;
  approval.respondedAt = context.now;
  if (status === 'APPROVED') approval.approvalComment = comment;
  else approval.rejectionReason = comment;
  await tellApproval(context, approval, status);
  const verdict: Verdict = { isApproved: status === 'APPROVED', by: { id, name }, comment, answer: approval.answer ?? null };
  await context.services.get(ApprovalKinds).find(approval.kind)?.decided(context, approval, verdict);
}
