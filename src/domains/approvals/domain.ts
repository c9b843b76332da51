import type { Domain } from '#core/graph/domain.js';
import { Approval } from './approval.entity.js';
import { approvalDerived } from './approval.derived.js';
import { ApprovalDecision } from './approval-decision.entity.js';
import { ApprovalEvent } from './approval-event.entity.js';
import { ApprovalNotice } from './approval-notice.entity.js';
import { approvalFeeds } from './approval.feed.js';
import { ApprovalKinds, type ApprovalKindDeclaration } from './approval-kinds.js';
import { approvalPolicies } from './approval-policies.js';
import { ApprovalResolver } from './approval.resolver.js';
import { escalateAfterShare, expireAfterHours, riskPolicy } from './approval.settings.js';
import { escalateApprovals } from './escalate-approvals.js';
import { expireApprovals } from './expire-approvals.js';
import { noticeRules } from './notice.settings.js';

/** Everything that waits for a human: one inbox, one feed, one decision for the kinds that the domains declare. */
export function approvals(declared: readonly ApprovalKindDeclaration[]): Domain {
  const kinds = new ApprovalKinds(declared);
  return {
    name: 'approvals',
    entities: [Approval, ApprovalDecision, ApprovalEvent, ApprovalNotice],
    policies: approvalPolicies(kinds),
    derived: approvalDerived,
    feeds: approvalFeeds,
    resolvers: [ApprovalResolver],
    operations: [expireApprovals, escalateApprovals],
    settings: [riskPolicy, expireAfterHours, escalateAfterShare, noticeRules],
    services: [kinds],
  };
}
