import { LockMode } from '@mikro-orm/core';
import { approvalKind } from '#domains/approvals/index.js';
import { ModuleRequest } from './module-request.entity.js';
import { noteReview } from './note-review.js';
import { requestDigest } from './request-digest.js';
import { syncAllowedModules } from './sync-allowed-modules.js';

/** That code in the sandbox may import a module. */
export const moduleAccess = approvalKind({
  kind: 'MODULE',
  permission: 'module:approve',
  expiresAfterMs: 30 * 86_400_000,
  subject: ModuleRequest,
  async digestOf(em, id) {
    const request = await em.findOne(ModuleRequest, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return request && requestDigest(request);
  },
  async decided(context, { subjectId, status }, verdict) {
    const request = await context.em.findOne(ModuleRequest, { id: subjectId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (request?.status !== 'PENDING') return;
    noteReview(context, request, { ...verdict, status });
    context.record(`tools.moduleRequest.${verdict.isApproved ? 'approved' : 'rejected'}`, request);
    if (verdict.isApproved) await syncAllowedModules(context.em);
  },
});
