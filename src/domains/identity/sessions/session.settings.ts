import { setting } from '#core/settings/setting.js';

/** How long the rows of sessions and API tokens are kept after they have ended. */
export const sessionRetentionDays = setting({
  key: 'sessions.retentionDays',
  description: 'After how many days sessions and API tokens that have ended are deleted; until then they can be looked up',
  schema: { type: 'integer', minimum: 1, maximum: 36_500 },
  default: 365,
});
