import { ref } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import type { Verdict } from '#domains/approvals/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import type { ModuleRequest } from './module-request.entity.js';
import type { NetworkAccessRequest } from './network-access-request.entity.js';

const unsaid = { EXPIRED: 'It was not decided in time', CANCELLED: 'It was taken back' } as Partial<Record<Approval['status'], string>>;

/** Notes on a request how it was decided, by whom, and why; what was not decided in time or taken back counts as refused. */
export function noteReview(
  { em, now }: WriteContext,
  request: NetworkAccessRequest | ModuleRequest,
  { isApproved, by, comment, status }: Verdict & Pick<Approval, 'status'>,
): void {
  request.status = isApproved ? 'APPROVED' : 'REJECTED';
  request.reviewedAt = now;
  request.reviewedBy = by.id === null ? null : ref(em.getReference(User, by.id));
  request.reviewedByName = by.name;
  request.rejectionReason = isApproved ? null : (comment ?? unsaid[status] ?? null);
}
