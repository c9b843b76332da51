import { Change } from '#core/feed/change.entity.js';
import { feed } from '#core/graph/feed.js';

/** What can be followed of the audit trail. */
export const auditFeeds = [
  feed({ name: 'auditEntries', item: Change, description: 'What people and programs do and try, as far as the caller may see it' }),
];
