import { system, type Actor } from '#core/policy/actor.js';

/** On whose behalf and from where something is written. */
export interface Origin {
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly traceId: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** Whether a language model asks, over MCP. */
  readonly isAgent?: boolean | undefined;
}

/** Where Signalbox writes from by itself. */
export const ownOrigin: Origin = Object.freeze({ actor: system, requestId: null, traceId: null, sourceIp: null, userAgent: null });
