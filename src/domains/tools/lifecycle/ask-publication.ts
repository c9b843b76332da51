import { ref } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { resetApproval } from '#domains/approvals/index.js';
import { cancelWaitingExecutions } from '../executions/cancel-waiting-executions.js';
import type { Tool } from '../tool.entity.js';
import { assessTool } from './assess-tool.js';
import { contentOf } from './tool-content.js';
import { toolDigest } from './tool-digest.js';

/**
 * Asks somebody to agree to what a tool is now; until then it cannot be used. What still waits for an earlier content is cancelled for
 * the reason, and so are uses of it that wait for a human. The caller has locked the tool.
 */
export async function askPublication(context: WriteContext, tool: Tool, reason: string): Promise<void> {
  Object.assign(tool, {
    approvalStatus: 'PENDING_REVIEW',
    approvalRequestedAt: context.now,
    approvedAt: null,
    approvedBy: null,
    approvedByName: null,
    rejectionReason: null,
  } satisfies Partial<Tool>);
  await cancelWaitingExecutions(context, tool.id, reason);
  const approval = await resetApproval(
    context,
    {
      kind: 'TOOL_PUBLICATION',
      subjectId: tool.id,
      subjectName: tool.name,
      digest: toolDigest(contentOf(tool)),
      riskLevel: tool.riskLevel,
      justification: tool.publishNotes,
      riskAssessment: await assessTool(context, tool),
    },
    reason,
  );
  tool.approval = ref(approval);
}
