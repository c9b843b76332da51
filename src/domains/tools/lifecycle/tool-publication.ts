import { LockMode, ref } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { approvalKind, type Verdict } from '#domains/approvals/index.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { settleServer } from '../servers/settle-server.js';
import { Tool } from '../tool.entity.js';
import { contentOf } from './tool-content.js';
import { toolDigest } from './tool-digest.js';

/** That a tool may be used, as it is. */
export const toolPublication = approvalKind({
  kind: 'TOOL_PUBLICATION',
  permission: 'tool:approve',
  expiresAfterMs: 30 * 86_400_000,
  subject: Tool,
  async digestOf(em, id) {
    const tool = await em.findOne(Tool, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return tool && toolDigest(contentOf(tool));
  },
  isWorkOf,
  decided: publish,
});

/** Whether the user made one of the versions since somebody last agreed to the tool. */
async function isWorkOf(em: EntityManager, id: string, userId: string): Promise<boolean> {
  const [row] = await executeSql<{ isOwn: boolean }>(
    em,
    sql`select exists (select 1 from tool_versions v where v.tool_id = ${id} and v.created_by_id = ${userId} and v.created_at > coalesce(
      (select max(a.responded_at) from approvals a where a.kind = 'TOOL_PUBLICATION' and a.subject_id = ${id} and a.status = 'APPROVED'),
      '-infinity')) as "isOwn"`,
  );
  return row!.isOwn;
}

/** What follows for the tool: it may be used, or it was refused; what nobody decided on, or was taken back, is a draft again. */
async function publish(context: WriteContext, approval: Approval, { isApproved, by, comment }: Verdict): Promise<void> {
  const { em, now, record } = context;
  const tool = await em.findOne(Tool, { id: approval.subjectId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (tool?.approvalStatus !== 'PENDING_REVIEW' || tool.approval?.id !== approval.id) return;
  if (isApproved) {
    tool.approvalStatus = 'APPROVED';
    tool.approvedAt = now;
    tool.approvedBy = by.id === null ? null : ref(em.getReference(User, by.id));
    tool.approvedByName = by.name;
    record('tools.tool.approved', tool);
  } else if (approval.status === 'REJECTED') {
    tool.approvalStatus = 'REJECTED';
    tool.rejectionReason = comment;
    record('tools.tool.rejected', tool);
  } else {
    tool.approvalStatus = 'DRAFT';
    tool.approvalRequestedAt = null;
    record('tools.tool.returned', tool, { message: comment ?? `Its approval is ${approval.status}` });
  }
  await settleServer(context, tool.server?.id ?? null);
}
