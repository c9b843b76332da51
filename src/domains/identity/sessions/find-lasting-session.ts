import type { WriteContext } from '#core/feed/write.js';
import { Session } from './session.entity.js';

/** Finds the session that asks, or null when it is over: what this process knows of it may be a second old. */
export const findLastingSession = ({ em, actor, now }: WriteContext): Promise<Session | null> =>
  em.findOne(Session, { id: actor.sessionId!, revokedAt: null, expiresAt: { $gt: now } });
