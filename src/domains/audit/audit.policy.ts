import { AuditSeal } from '#core/feed/audit-seal.entity.js';
import { Change } from '#core/feed/change.entity.js';
import { sql } from '#core/database/sql.js';
import { can, type Actor } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';

const readers = (actor: Actor): boolean => can(actor, 'audit:read');

/** Who sees the audit trail: holders of audit:read, and everybody what they did themselves, unless it concerns a secret. */
export const auditPolicies = [
  policy(Change, (actor, alias) => {
    const own = sql`(${sql.ref(`${alias}.actor_id`)} = ${actor.id}::uuid and not ${sql.ref(`${alias}.is_sensitive`)})`;
    return readers(actor) || (actor.id !== null && own);
  }),
  policy(AuditSeal, readers),
  policy(AuditCheckpoint, readers),
];
