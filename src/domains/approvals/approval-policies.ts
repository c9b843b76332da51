import { sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { policy, visibleThrough, type Policy } from '#core/policy/policy.js';
import { ApprovalDecision } from './approval-decision.entity.js';
import { ApprovalEvent } from './approval-event.entity.js';
import type { ApprovalKinds } from './approval-kinds.js';
import { Approval } from './approval.entity.js';

/**
 * Who sees approvals: who asked for them, holders of approval:read, holders of the permission of their kind, and who decided on them;
 * decisions and events are seen with them.
 */
export const approvalPolicies = (kinds: ApprovalKinds): Policy[] => [
  policy(Approval, (actor, alias) => {
    if (can(actor, 'approval:read')) return true;
    if (actor.id === null) return false;
    const decision = `${alias}_d`;
    const decided = sql`exists (select 1 from approval_decisions as ${sql.ref(decision)}
      where ${sql.ref(`${decision}.approval_id`)} = ${sql.ref(`${alias}.id`)} and ${sql.ref(`${decision}.approver_id`)} = ${actor.id}::uuid)`;
    const decides = kinds.decidedBy(actor);
    const ofKind = decides.length > 0 ? sql`or ${sql.ref(`${alias}.kind`)} = any(${decides}::text[])` : sql.empty;
    return sql`(${sql.ref(`${alias}.requester_id`)} = ${actor.id}::uuid ${ofKind} or ${decided})`;
  }),
  policy(
    ApprovalDecision,
    visibleThrough(() => Approval, 'approval_id'),
  ),
  policy(
    ApprovalEvent,
    visibleThrough(() => Approval, 'approval_id'),
  ),
];
