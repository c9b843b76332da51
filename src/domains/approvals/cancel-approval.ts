import type { WriteContext } from '#core/feed/write.js';
import type { Approval } from './approval.entity.js';
import { endApproval } from './end-approval.js';
import { lockApproval } from './lock-approval.js';

/** Cancels an approval that is not needed any more; false when it is over already. The caller holds the row of its subject, if there is one. */
export async function cancelApproval(context: WriteContext, { id }: Approval, reason: string): Promise<boolean> {
  const approval = await lockApproval(context.em, id);
  if (approval?.status !== 'PENDING') return false;
  await endApproval(context, approval, 'CANCELLED', reason);
  return true;
}
