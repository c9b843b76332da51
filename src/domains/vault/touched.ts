import type { Secret } from './secret.entity.js';

/** The secret with a new revision, also when none of its own columns changes: that it has another value does not stand in them. */
export const touched = (secret: Secret, now: Date): Secret =>
  Object.assign(secret, { updatedAt: new Date(Math.max(now.getTime(), secret.updatedAt.getTime() + 1)) });
