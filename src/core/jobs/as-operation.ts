import { defaultQueue, type Operation } from './operations.js';
import type { OwnOperation } from './own-operation.js';

/** The name by which jobs call an operation of Signalbox itself. */
export const ownName = ({ slug = 'upkeep', name }: Pick<OwnOperation, 'slug' | 'name'>): string => `${slug}.${name}`;

/** An operation of Signalbox itself, as jobs know it: one run at once over all workers, unless it says otherwise. */
export const asOperation = (own: OwnOperation, logBytes: number): Operation => ({
  name: ownName(own),
  description: own.description,
  toolkitId: null,
  code: null,
  logBytes,
  queue: defaultQueue,
  inputSchema: own.inputSchema ?? { type: 'object', additionalProperties: false },
  files: [],
  maxAttempts: own.maxAttempts ?? 3,
  timeoutMs: own.timeoutMs ?? 3_600_000,
  concurrency: own.concurrency === undefined ? { limit: 1 } : own.concurrency,
  isInternal: own.isInternal ?? false,
  ...(own.guardedBy && { guardedBy: own.guardedBy }),
  ...(own.hasWork && { hasWork: own.hasWork }),
  run: own.run,
});
