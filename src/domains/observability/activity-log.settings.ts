import { setting } from '#core/settings/setting.js';

/** How long entries of the activity log are kept. */
export const activityRetentionDays = setting({
  key: 'observability.activityRetentionDays',
  description: 'After how many days entries of the activity log are deleted',
  schema: { type: 'integer', minimum: 1, maximum: 36_500 },
  default: 30,
});
