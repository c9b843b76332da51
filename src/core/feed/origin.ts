import type { Actor } from '#core/policy/actor.js';

/** On whose behalf and from where something is written. */
export interface Origin {
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly traceId: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
}
