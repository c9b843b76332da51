import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { compileSchema, type Misfit } from '#core/errors/json-schema.js';

/** How far somebody may approve; what is left out is not limited. */
export interface ApprovalLimits {
  highestRisk?: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  /** Kinds of approvals. */
  kinds?: string[];
  /** Decisions within a day. */
  perDay?: number;
}

const check = compileSchema({
  type: 'object',
  properties: {
    highestRisk: { enum: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] },
    kinds: { type: 'array', items: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,99}$' }, maxItems: 100, uniqueItems: true },
    perDay: { type: 'integer', minimum: 0, maximum: 100_000 },
  },
  additionalProperties: false,
});

/** What of a value is wrong as limits of an approver; `at` is where it stands. */
export const misfitsOfLimits = (value: unknown, at: string): Misfit[] => check(value, at);

/** How far a user may approve, by an active admin role; null when nothing limits them. */
export async function approvalLimitsOf(em: EntityManager, userId: string): Promise<ApprovalLimits | null> {
  const [row] = await executeSql<{ approval_limits: ApprovalLimits | null }>(
    em,
    sql`select approval_limits from admin_roles where user_id = ${userId}::uuid and status = 'ACTIVE'`,
  );
  return row?.approval_limits ?? null;
}
