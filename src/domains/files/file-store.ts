import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, sep } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#core/errors/app-error.js';
import { diskFull, isDiskFull } from '#core/errors/disk-full.js';

/** A file that a run may read. */
export interface ReadableFile {
  path: string;
  name: string;
  sizeBytes: number;
}

/** Where uploads lie, what runs write and what is kept of it, and below which folders operations may read files by their path. */
export class FileStore {
  readonly #uploads: string;
  readonly #runs: string;
  readonly #results: string;

  constructor(
    readonly dataDir: string,
    readonly roots: readonly string[],
    readonly mostBytes: number,
  ) {
    this.#uploads = join(dataDir, 'uploads');
    this.#runs = join(dataDir, 'runs');
    this.#results = join(dataDir, 'results');
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
      await sync(this.#uploads);
      return { sizeBytes, sha256: hash.digest('hex') };
    } catch (error) {
      await rm(part, { force: true });
      throw isDiskFull(error) ? diskFull() : error;
    }
  }

  /** Removes an upload's content. */
  async remove(uploadId: string): Promise<void> {
    await rm(this.pathOf(uploadId), { force: true });
  }

  /** The folder into which a run writes. */
  runFolder(run: string): string {
    return join(this.#runs, run);
  }

  /** Makes the folder of a run, empty and for nobody else's eyes; returns its real path. */
  async openRun(run: string): Promise<string> {
    await rm(this.runFolder(run), { recursive: true, force: true });
    await mkdir(this.runFolder(run), { recursive: true, mode: 0o700 });
    return realpath(this.runFolder(run));
  }

  /** The path of a file that was kept of a run. */
  resultPath(run: string, fileId: string): string {
    return join(this.#results, run, fileId);
  }

  /** Keeps these files of a run, from names to ids, durably and all of them at once; its folder is gone then. */
  async keepRun(run: string, ids: Readonly<Record<string, string>>): Promise<void> {
    const folder = this.runFolder(run);
    if (Object.keys(ids).length === 0) return rm(folder, { recursive: true, force: true });
    for (const [name, id] of Object.entries(ids)) {
      await sync(join(folder, name));
      await rename(join(folder, name), join(folder, id));
    }
    await sync(folder);
    await mkdir(this.#results, { recursive: true, mode: 0o700 });
    await rename(folder, join(this.#results, run));
    await sync(this.#results);
  }

  /** The runs that have a folder, or of which something was kept: all, or those among these. */
  async runNames(among?: readonly string[]): Promise<string[]> {
    const folders = [this.#runs, this.#results];
    if (among) return among.filter((run) => folders.some((folder) => existsSync(join(folder, run))));
    const found = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
    return [...new Set(found.flat())];
  }

  /** Removes the folder of a run, and what was kept of it. */
  async removeRun(run: string): Promise<void> {
    for (const folder of [this.#runs, this.#results]) await rm(join(folder, run), { recursive: true, force: true });
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

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
