import { setting } from '#core/settings/setting.js';

/** How long an API token may last. */
export const apiTokenDays = setting({
  key: 'apiTokens.mostDays',
  description: 'For how many days an API token may be made at most; those that there are keep their time',
  schema: { type: 'integer', minimum: 1, maximum: 3_650 },
  default: 365,
  requiresProof: true,
});
