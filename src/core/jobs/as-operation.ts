import { defaultQueue, type Operation } from './operations.js';
import type { OwnOperation } from './own-operation.js';

/** The toolkit slug of the operations of Signalbox itself. */
export const ownSlug = 'upkeep';

/** The name by which jobs call an operation of Signalbox itself. */
export const ownName = ({ name }: Pick<OwnOperation, 'name'>): string => `${ownSlug}.${name}`;

/** An operation of Signalbox itself, as jobs know it: one run at once, over all workers. */
export const asOperation = ({ name, description, inputSchema, timeoutMs = 3_600_000, run }: OwnOperation, logBytes: number): Operation => ({
  name: ownName({ name }),
  description,
  toolkitId: null,
  logBytes,
  queue: defaultQueue,
  inputSchema: inputSchema ?? { type: 'object', additionalProperties: false },
  files: [],
  maxAttempts: 3,
  timeoutMs,
  concurrency: { limit: 1 },
  run,
});
