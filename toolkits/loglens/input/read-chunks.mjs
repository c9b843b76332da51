const SMALLEST_CHUNK_BYTES = 512;

/** Twenty chunks or more per file, so that the progress of a small file moves too. */
const CHUNKS_PER_FILE = 20;

/**
 * Compressed or plain bytes with the position in the file up to which they reach.
 * @typedef {{ bytes: Buffer, position: number }} Chunk
 */

/**
 * Reads a file from its start in chunks; the bytes of a chunk are valid until the next one is asked for.
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} sizeBytes where to stop, so that a log which is still written comes to an end
 * @param {number} largestChunkBytes
 * @returns {AsyncGenerator<Chunk>}
 */
export async function* readChunks(file, sizeBytes, largestChunkBytes) {
  const wanted = Math.max(SMALLEST_CHUNK_BYTES, Math.ceil(sizeBytes / CHUNKS_PER_FILE));
  const buffer = Buffer.allocUnsafeSlow(Math.min(wanted, largestChunkBytes));
  let position = 0;
  while (position < sizeBytes) {
    const length = Math.min(buffer.length, sizeBytes - position);
    const { bytesRead } = await file.read(buffer, 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield { bytes: buffer.subarray(0, bytesRead), position };
  }
}
