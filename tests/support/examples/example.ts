import type { EntityClass } from '#core/database/declare/declaration.js';
import type { TestApp } from '../app.js';
import type { Auth } from '../client.js';
import type { toolkitStorage } from '../toolkit-storage.js';

/** Who runs an example, and where. */
export interface Stage {
  app: TestApp;
  /** A superuser, to prepare what the example needs. */
  root: Auth;
  /** Who asks: null for somebody who is not signed in. */
  caller: (Auth & { id: string; username: string; sessionId: string | null }) | null;
  /** Whether whoever asks holds a permission. */
  may: (permission: string) => boolean;
  /** Whether whoever asks sees every row of an entity. */
  seesAll: (entity: EntityClass) => boolean;
  /** Id of a row of an entity that is nobody's. */
  rowOf: (entity: EntityClass) => string;
  /** The folder of the toolkits of the app. */
  toolkits: Awaited<ReturnType<typeof toolkitStorage>>;
  /** An OpenID Connect provider that answers. */
  issuer: string;
}

/** What an example is run with: the arguments of the field, if it has some, and how it ends. */
export interface Example {
  args?: Record<string, unknown>;
  /** Code of the error that it ends with; it succeeds when there is none. */
  code?: string | undefined;
  /** Whether the answer is null; not looked at when it is left out. */
  isNull?: boolean;
}

/** Examples of operations by their names: each prepares what it needs and says what to ask, and that it succeeds unless it has a code. */
export type Examples = Record<string, (stage: Stage) => Promise<Example> | Example>;
