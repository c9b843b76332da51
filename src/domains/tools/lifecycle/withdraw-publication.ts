import type { WriteContext } from '#core/feed/write.js';
import { cancelApproval } from '#domains/approvals/index.js';
import type { Tool } from '../tool.entity.js';

/** Cancels what still waits for somebody to agree to a tool that the caller has locked and deletes. */
export async function withdrawPublication(context: WriteContext, tool: Tool, reason: string): Promise<void> {
  const { approval } = tool;
  // So that nothing follows from it for a tool that goes.
  tool.approval = null;
  if (approval) await cancelApproval(context, await approval.loadOrFail(), reason);
}
