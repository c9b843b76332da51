import { LockMode } from '@mikro-orm/core';
import { approvalKind } from '#domains/approvals/index.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';
import { noteReview } from './note-review.js';
import { requestDigest } from './request-digest.js';
import { syncAllowedHosts } from './sync-allowed-hosts.js';

/** That the tools of a server may reach a host. */
export const networkAccess = approvalKind({
  kind: 'NETWORK_ACCESS',
  permission: 'network:approve',
  expiresAfterMs: 30 * 86_400_000,
  subject: NetworkAccessRequest,
  async digestOf(em, id) {
    const request = await em.findOne(NetworkAccessRequest, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return request && requestDigest(request);
  },
  async decided(context, { subjectId, status }, verdict) {
    const request = await context.em.findOne(NetworkAccessRequest, { id: subjectId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (request?.status !== 'PENDING') return;
    noteReview(context, request, { ...verdict, status });
    context.record(`tools.networkAccessRequest.${verdict.isApproved ? 'approved' : 'rejected'}`, request);
    if (verdict.isApproved) await syncAllowedHosts(context.em, request.server?.id ?? null);
  },
});
