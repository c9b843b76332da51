import { ownOrigin } from '#core/feed/origin.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Approval } from './approval.entity.js';
import { endApproval } from './end-approval.js';

/** Ends an approval that nobody decided in time, whose row the transaction holds; Signalbox does so, whoever came upon it. */
export const expireApproval = (context: WriteContext, approval: Approval): Promise<void> =>
  endApproval({ ...context, actor: ownOrigin.actor }, approval, 'EXPIRED', 'Nobody decided in time');
