import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { ActivityLog } from './activity-log.entity.js';

/** Who sees the activity log: holders of activity:read. */
export const activityLogPolicy = policy(ActivityLog, (actor) => can(actor, 'activity:read'));
