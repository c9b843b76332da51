import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#core/log/logger.js';
import { Box, pyodideFolder, pyodideVersion, type BoxOptions } from './box.js';
import { prelude } from './box/prelude.js';

const timeoutMs = 60_000;
// A snapshot has the seed of Python's hashes in it: the same for all runs that start from it.
const longestAgeMs = 24 * 3600 * 1000;
const pauseMs = 600_000;

/**
 * Python as it is after its start, in a file: a box that begins with it is ready about five times faster. It is made when it is first
 * wanted, and anew after a day; where that fails, boxes start without it.
 */
export class Snapshots {
  readonly #file: string;
  #making: Promise<void> | null = null;
  #box: Box | null = null;
  #isStopped = false;
  #notBefore = 0;

  constructor(
    private readonly folder: string,
    private readonly boxOptions: BoxOptions,
    private readonly log: Logger,
  ) {
    const key = createHash('sha256').update([pyodideVersion, process.version, process.arch, prelude].join('\0')).digest('hex').slice(0, 16);
    this.#file = join(folder, `python-${key}.snapshot`);
  }

  /** Opens the snapshot; null when there is none yet, which is then being made. */
  async open(): Promise<FileHandle | null> {
    const made = await stat(this.#file).catch(() => null);
    if (!made || Date.now() - made.mtimeMs > longestAgeMs) void this.make();
    return made && open(this.#file, 'r').catch(() => null);
  }

  /** Makes it, unless that failed a short time ago. */
  make(): Promise<void> {
    if (this.#making) return this.#making;
    if (this.#isStopped || Date.now() < this.#notBefore) return Promise.resolve();
    this.#making = this.#make()
      .catch((error: unknown) => {
        this.#notBefore = Date.now() + pauseMs;
        if (!this.#isStopped) this.log.warn({ err: error }, 'no snapshot of Python was made; runs start more slowly');
      })
      .finally(() => (this.#making = null));
    return this.#making;
  }

  /** Makes none any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#box?.kill();
    await this.#making;
  }

  /** What was opened does not start. */
  async discard(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #make(): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const part = `${this.#file}.${process.pid}.part`;
    const file = await open(part, 'w', 0o600);
    const box = new Box({ ...this.boxOptions, file: file.fd });
    this.#box = box;
    if (this.#isStopped) box.kill();
    const timer = setTimeout(() => box.kill(), timeoutMs);
    try {
      const isMade = new Promise<boolean>((resolve) => {
        box.onSaid = (said) => resolve(said.is === 'snapshot');
        void box.gone.then(() => resolve(false));
      });
      void box.send({ do: 'snapshot', pyodide: pyodideFolder });
      if (!(await isMade)) throw new Error(`Python did not start: ${await box.gone}`);
      await file.close();
      await rename(part, this.#file);
    } finally {
      clearTimeout(timer);
      box.kill();
      await box.gone;
      await file.close().catch(() => {});
      await rm(part, { force: true });
    }
  }
}
