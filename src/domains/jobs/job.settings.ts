import { setting } from '#core/settings/setting.js';

/** Whether jobs are taken in; switched off while the installation is looked after. */
export const acceptNewJobs = setting({
  key: 'jobs.acceptNew',
  description: 'Whether new jobs are taken in. While it is off, only the schedules of Signalbox itself start some',
  schema: { type: 'boolean' },
  default: true,
  isFeatureFlag: true,
});

/** How long jobs are kept after they have ended. */
export const jobRetentionDays = setting({
  key: 'jobs.retentionDays',
  description: 'After how many days jobs that have ended are deleted, with their events, lines and files',
  schema: { type: 'integer', minimum: 1, maximum: 36_500 },
  default: 30,
});
