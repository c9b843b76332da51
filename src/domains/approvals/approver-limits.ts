import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { approvalLimitsOf } from '#domains/identity/index.js';
import type { Approval } from './approval.entity.js';
import { risksUpTo } from './risk-level.js';

/** How far somebody may approve at this moment; what is null is not limited. */
export interface ApproverLimits {
  readonly risks: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly perDay: number | null;
  /** How many decisions they took in the last 24 hours. */
  readonly taken: number;
}

/** The limits of an approver, and what they used of them. */
export async function approverLimitsOf(em: EntityManager, userId: string): Promise<ApproverLimits> {
  const limits = await approvalLimitsOf(em, userId);
  const perDay = limits?.perDay ?? null;
  return {
    risks: limits?.highestRisk ? risksUpTo(limits.highestRisk) : null,
    kinds: limits?.kinds ?? null,
    perDay,
    taken: perDay === null ? 0 : await takenWithinDay(em, userId),
  };
}

async function takenWithinDay(em: EntityManager, userId: string): Promise<number> {
  const [row] = await executeSql<{ n: number }>(
    em,
    sql`select count(*)::int as n from approval_decisions where approver_id = ${userId}::uuid and decided_at > clock_timestamp() - interval '24 hours'`,
  );
  return row!.n;
}

/** Why the limits keep an approver from deciding on this; null when they do not. */
export function beyondLimits(
  { risks, kinds, perDay, taken }: ApproverLimits,
  { kind, riskLevel }: Pick<Approval, 'kind' | 'riskLevel'>,
): string | null {
  if (risks && !risks.includes(riskLevel)) return `you may decide up to the risk ${risks.at(-1)}, and this is ${riskLevel}`;
  if (kinds && !kinds.includes(kind)) return `you may decide on ${kinds.join(', ') || 'nothing'}, and this is ${kind}`;
  if (perDay !== null && taken >= perDay) return `you may take ${perDay} decisions within a day`;
  return null;
}
