import { Severity } from '#core/feed/change.entity.js';
import { setting } from '#core/settings/setting.js';

// What matters most has to outlive whoever would shorten this in order to be forgotten.
const leastDays: Record<Severity, number> = { CRITICAL: 365, HIGH: 365, MEDIUM: 30, LOW: 1, INFO: 1 };

/** How long entries are kept, by their severity. */
export const auditRetentionDays = setting<Record<Severity, number>>({
  key: 'audit.retentionDays',
  description: 'For how many days entries of the audit trail are kept, by severity; what is written already keeps its days',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(Severity.values),
    properties: Object.fromEntries(
      Object.entries(leastDays).map(([name, minimum]) => [name, { type: 'integer', minimum, maximum: 36_500 }]),
    ),
  },
  default: { CRITICAL: 3_650, HIGH: 3_650, MEDIUM: 730, LOW: 365, INFO: 365 },
  severity: 'HIGH',
  requiresProof: true,
});
