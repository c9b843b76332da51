import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, sep } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#core/errors/app-error.js';

/** A file that a run may read. */
export interface ReadableFile {
  path: string;
  name: string;
  sizeBytes: number;
}

/** Where uploads lie, and below which folders operations may read files by their path. */
export class FileStore {
  readonly #uploads: string;

  constructor(
    readonly dataDir: string,
    readonly roots: readonly string[],
    readonly mostBytes: number,
  ) {
    this.#uploads = join(dataDir, 'uploads');
  }

  /** The path of an upload's content. */
  pathOf(uploadId: string): string {
    return join(this.#uploads, uploadId);
  }

  /** Stores a stream as an upload's content, durably; nothing is left behind when it breaks off or is too large. */
  async store(uploadId: string, content: Readable): Promise<{ sizeBytes: number; sha256: string }> {
    await mkdir(this.#uploads, { recursive: true });
    const part = `${this.pathOf(uploadId)}.part`;
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const measure = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        sizeBytes += chunk.length;
        if (sizeBytes > this.mostBytes) return done(new AppError('LIMIT_EXCEEDED', `A file may have at most ${this.mostBytes} bytes`));
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(content, measure, createWriteStream(part, { flush: true, mode: 0o600 }));
      await rename(part, this.pathOf(uploadId));
      await syncFolder(this.#uploads);
      return { sizeBytes, sha256: hash.digest('hex') };
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /** Removes an upload's content. */
  async remove(uploadId: string): Promise<void> {
    await rm(this.pathOf(uploadId), { force: true });
  }

  /** The file at an absolute path below one of the roots and outside the data folder, or null. Links are followed first. */
  async below(path: string): Promise<ReadableFile | null> {
    if (!isAbsolute(path) || path.includes('\0')) return null;
    const real = await realpath(path).catch(() => null);
    if (real === null || !this.roots.some((root) => isWithin(real, root))) return null;
    // Node's permission to read it would be one to read whatever fits the pattern.
    if (real.includes('*')) return null;
    const dataDir = await realpath(this.dataDir).catch(() => this.dataDir);
    if (isWithin(real, dataDir)) return null;
    const found = await stat(real);
    return found.isFile() ? { path: real, name: basename(path), sizeBytes: found.size } : null;
  }
}

const isWithin = (path: string, folder: string): boolean => path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
