import type { WriteContext } from '#core/feed/write.js';
import { Approval } from './approval.entity.js';
import { lockApproval } from './lock-approval.js';
import { requestApproval, type ApprovalRequest } from './request-approval.js';
import { tellApproval } from './tell-approval.js';

/**
 * Asks anew because the subject has changed, whose row the caller holds: what still waits is cancelled for that reason, without its
 * domain being told, because the subject goes on waiting. When Signalbox itself asks anew, whoever asked before is still who asked.
 */
export async function resetApproval(context: WriteContext, request: ApprovalRequest, reason: string): Promise<Approval> {
  const { em, now } = context;
  const waiting = await em.findOne(Approval, { kind: request.kind, subjectId: request.subjectId, status: 'PENDING' });
  const held = waiting && (await lockApproval(em, waiting.id));
  if (held?.status === 'PENDING') {
    held.status = 'CANCELLED';
    held.respondedAt = now;
    held.rejectionReason = reason;
    await tellApproval(context, held, 'CANCELLED');
  }
  return requestApproval(context, { ...request, inPlaceOf: held });
}
