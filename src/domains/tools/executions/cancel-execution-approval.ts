import type { WriteContext } from '#core/feed/write.js';
import { cancelApproval } from '#domains/approvals/index.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { partOf } from './part-of.js';

/** Takes back what a human was asked about an execution that was stopped, whose job the transaction holds. */
export async function cancelExecutionApproval(context: WriteContext, executionId: string): Promise<void> {
  const approval = await context.em.findOne(Approval, { kind: 'TOOL_EXECUTION', subjectId: executionId, status: 'PENDING' });
  if (approval) await cancelApproval(partOf(context, executionId), approval, `The execution was stopped by ${context.actor.name}`);
}
