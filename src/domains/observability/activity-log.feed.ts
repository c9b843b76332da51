import { feed } from '#core/graph/feed.js';
import { ActivityLog } from './activity-log.entity.js';

/** What can be followed of what happens between Signalbox and the clients and servers of MCP. */
export const activityFeeds = [
  feed({ name: 'activityLogs', item: ActivityLog, description: 'Entries of the activity log that the caller may see' }),
];
