import { AuditSeal } from '#core/feed/audit-seal.entity.js';
import { Change } from '#core/feed/change.entity.js';
import type { Domain } from '#core/graph/domain.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditKey } from './audit-key.entity.js';
import { sealedAuditKeys } from './audit-keys.js';
import { auditFeeds } from './audit.feed.js';
import { auditPolicies } from './audit.policy.js';
import { auditRelations } from './audit.relations.js';
import { AuditResolver } from './audit.resolver.js';
import { auditRetentionDays } from './audit.settings.js';
import { checkpointAudit } from './checkpoint-audit.js';
import { trimAudit } from './trim-audit.js';
import { verifyAudit } from './verify-audit.js';

/** The audit trail: the face of the change record, and the chain that shows that nobody has touched it. */
export const audit: Domain = {
  name: 'audit',
  entities: [Change, AuditSeal, AuditCheckpoint, AuditKey],
  relations: auditRelations,
  policies: auditPolicies,
  feeds: auditFeeds,
  resolvers: [AuditResolver],
  settings: [auditRetentionDays],
  sealed: [sealedAuditKeys],
  operations: [trimAudit, checkpointAudit, verifyAudit],
};
