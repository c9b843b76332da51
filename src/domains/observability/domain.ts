import type { Domain } from '#core/graph/domain.js';
import { ActivityLog } from './activity-log.entity.js';
import { activityFeeds } from './activity-log.feed.js';
import { activityLogPolicy } from './activity-log.policy.js';
import { activityRetentionDays } from './activity-log.settings.js';
import { ServerProcess } from './server-process.entity.js';
import { serverProcessPolicy } from './server-process.policy.js';
import { trimActivityLogs } from './trim-activity-logs.js';

/** What the installation itself is doing. */
export const observability: Domain = {
  name: 'observability',
  entities: [ServerProcess, ActivityLog],
  policies: [serverProcessPolicy, activityLogPolicy],
  feeds: activityFeeds,
  operations: [trimActivityLogs],
  settings: [activityRetentionDays],
};
