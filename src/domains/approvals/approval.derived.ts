import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Approval } from './approval.entity.js';
import { ApprovalKinds } from './approval-kinds.js';
import { approverLimitsOf } from './approver-limits.js';

/** What is looked up for approvals. */
export const approvalDerived = [
  derived({
    of: Approval,
    name: 'canDecide',
    kind: 'boolean',
    description:
      'Whether the caller may decide on it at this moment: it waits, is not their own request, and is within their rights and limits',
    async load(reader, ids, _args, services) {
      const { actor, database, work } = reader;
      const decides = services.get(ApprovalKinds).decidedBy(actor);
      if (actor.id === null || actor.apiToken || decides.length === 0) return new Map(ids.map((id) => [id, false]));
      work.statements += 1;
      const { risks, kinds, perDay, taken } = await approverLimitsOf(database.fork(), actor.id);
      if (perDay !== null && taken >= perDay) return new Map(ids.map((id) => [id, false]));
      const found = await reader.rows(sql`
        select a.id from approvals a where a.id = any(${ids}::uuid[]) and a.status = 'PENDING' and (a.expires_at is null or a.expires_at > now())
          and a.kind = any(${kinds ? decides.filter((kind) => kinds.includes(kind)) : decides}::text[])
          and (${risks === null} or a.risk_level = any(${risks ?? []}::text[])) and a.requester_id is distinct from ${actor.id}::uuid
          and not exists (select 1 from approval_decisions d where d.approval_id = a.id and d.approver_id = ${actor.id}::uuid)`);
      const decidable = new Set(found.map(([id]) => id));
      return new Map(ids.map((id) => [id, decidable.has(id)]));
    },
  }),
];
