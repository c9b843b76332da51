import { setImmediate } from 'node:timers/promises';
import { Inflater } from './inflater.mjs';

const TRUNCATED = 'Z_BUF_ERROR';

/**
 * Inflates chunks of a gzip file of one or more members. Damage ends the stream with a warning, not with an error,
 * unless nothing at all was readable.
 * @param {AsyncIterable<import('./read-chunks.mjs').Chunk>} chunks
 * @param {string[]} warnings
 * @returns {AsyncGenerator<import('./read-chunks.mjs').Chunk>} positions count compressed bytes
 */
export async function* gunzipChunks(chunks, warnings) {
  const inflater = new Inflater();
  let position = 0;
  let inflatedBytes = 0;
  try {
    for await (const chunk of chunks) {
      position = chunk.position;
      for (const bytes of await inflater.write(chunk.bytes)) {
        inflatedBytes += bytes.length;
        // One chunk may inflate to many pieces, and a cancellation must come through between them.
        await setImmediate();
        yield { bytes, position };
      }
      if (inflater.failure || inflater.isEnded) break;
    }
    if (!inflater.failure) {
      for (const bytes of await inflater.finish()) yield { bytes, position };
    }
    if (inflater.failure) warnings.push(explain(inflater.failure, position, inflatedBytes));
  } finally {
    inflater.close();
  }
}

/**
 * @param {Error & { code?: string }} failure
 * @param {number} position
 * @param {number} inflatedBytes
 */
function explain(failure, position, inflatedBytes) {
  if (failure.code === TRUNCATED) {
    return 'The gzip file is truncated: the report covers what was readable before its end.';
  }
  if (inflatedBytes === 0) throw new Error(`This gzip file is damaged: ${failure.message}`);
  return `The gzip file is damaged near byte ${position} (${failure.message}): the report covers what came before.`;
}
