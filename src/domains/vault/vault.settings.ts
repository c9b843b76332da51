import { setting } from '#core/settings/setting.js';

/** How long accesses of secrets are kept. */
export const accessRetentionDays = setting({
  key: 'vault.accessRetentionDays',
  description: 'After how many days accesses of secrets are deleted; the database itself refuses to delete younger ones than 365 days',
  schema: { type: 'integer', minimum: 365, maximum: 36_500 },
  default: 730,
  severity: 'HIGH',
});
