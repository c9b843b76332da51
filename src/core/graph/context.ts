import type { Origin } from '#core/feed/origin.js';
import type { FeedMeter } from '#core/feed/feed-meter.js';
import type { WriteSystem } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import type { Policies } from '#core/policy/policy.js';
import type { LiveDelivery } from './live.js';
import type { Reader, Work } from './read/reader.js';

/** What the graph of one process stands on. */
export interface GraphSystem extends WriteSystem {
  readonly policies: Policies;
  readonly heartbeatMs: number;
  readonly meter: FeedMeter;
}

/** Sends cookies with the answer; over a socket there is no answer to send them with. */
export interface CookieJar {
  /** Sets the session cookie; null takes it away. */
  setSession(value: string | null, maxAgeMs: number): void;
  /** A value that only this browser sends back, for a few minutes; null where no cookie can be sent. */
  bindBrowser(): string | null;
}

/** What came with a request. */
export interface Credentials {
  readonly accessToken?: string | undefined;
  readonly cookie?: string | undefined;
}

/** What every resolver gets: who asks, from where, and the reader of this operation. */
export interface GraphContext extends Origin {
  actor: Actor;
  readonly system: GraphSystem;
  reader: Reader;
  readonly work: Work;
  readonly credentials: Credentials;
  readonly cookies: CookieJar;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** The actor as it is now: null once the session is over. */
  currentActor(this: GraphContext): Promise<Actor | null>;
  /** Calls back when the session of the actor ends or its rights change; returns how to stop that. */
  onRightsChange(this: GraphContext, callback: () => void): () => void;
  /** Of a subscription: how its live pages reach the client. */
  live: LiveDelivery | null;
  /** Goes on as the user of a session that has just begun, so that the payload shows what that user sees. */
  become(this: GraphContext, sessionId: string): Promise<void>;
}
