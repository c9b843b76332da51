import type { Origin } from '#core/feed/origin.js';

/** Under what the calls of a caller are counted: the user, or the address of a stranger. */
export const callerKey = ({ actor, sourceIp }: Pick<Origin, 'actor' | 'sourceIp'>): string =>
  actor.id === null ? `${actor.kind} ${sourceIp}` : `user ${actor.id}`;
