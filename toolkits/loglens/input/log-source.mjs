import { open } from 'node:fs/promises';
import { BinaryGuard } from './binary-guard.mjs';
import { gunzipChunks } from './gunzip-chunks.mjs';
import { readChunks } from './read-chunks.mjs';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);
const PLAIN_CHUNK_BYTES = 256 * 1024;

/** Repetitive logs inflate up to a thousand times, and one chunk's output is held at once. */
const GZIP_CHUNK_BYTES = 32 * 1024;

/** An open log file, plain or gzip, to be read once. */
export class LogSource {
  #file;

  /** @type {string[]} */
  warnings = [];

  /**
   * @param {import('node:fs/promises').FileHandle} file
   * @param {{ sizeBytes: number, modifiedAtMs: number, isGzip: boolean }} found
   */
  constructor(file, found) {
    this.#file = file;
    this.sizeBytes = found.sizeBytes;
    this.modifiedAtMs = found.modifiedAtMs;
    this.isGzip = found.isGzip;
  }

  /** @param {string} path */
  static async open(path) {
    const file = await open(path, 'r');
    try {
      const { size, mtimeMs } = await file.stat();
      const start = Buffer.alloc(GZIP_MAGIC.length);
      await file.read(start, 0, start.length, 0);
      const isGzip = start.equals(GZIP_MAGIC);
      return new LogSource(file, { sizeBytes: size, modifiedAtMs: mtimeMs, isGzip });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * The bytes of the text in chunks; positions count bytes of the file.
   * @returns {AsyncGenerator<import('./read-chunks.mjs').Chunk>}
   */
  async *chunks() {
    let position = 0;
    const guard = new BinaryGuard();
    const largest = this.isGzip ? GZIP_CHUNK_BYTES : PLAIN_CHUNK_BYTES;
    const stored = readChunks(this.#file, this.sizeBytes, largest);
    for await (const chunk of this.isGzip ? gunzipChunks(stored, this.warnings) : stored) {
      guard.check(chunk.bytes, this.warnings);
      yield chunk;
      position = chunk.position;
    }
    if (!this.isGzip && position < this.sizeBytes) {
      this.warnings.push('The file became shorter while it was read.');
    }
  }

  close() {
    return this.#file.close();
  }
}
