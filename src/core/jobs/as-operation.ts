import { defaultQueue, type Operation } from './operations.js';
import type { OwnOperation } from './own-operation.js';

/** The toolkit slug of the operations of Signalbox itself. */
export const ownSlug = 'upkeep';

/** An operation of Signalbox itself, as jobs know it: one run at once, over all workers. */
export const asOperation = ({ name, description, inputSchema, timeoutMs = 3_600_000, run }: OwnOperation): Operation => ({
  name: `${ownSlug}.${name}`,
  description,
  queue: defaultQueue,
  inputSchema: inputSchema ?? { type: 'object', additionalProperties: false },
  files: [],
  maxAttempts: 3,
  timeoutMs,
  concurrency: { limit: 1 },
  run,
});
