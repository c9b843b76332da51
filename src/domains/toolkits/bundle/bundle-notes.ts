import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Which bundles this installation is about to bring or to remove: a file in its data folder for each, from before the first change of a
 * folder until nothing is left to do. They are in no backup and not in the database, so whoever restores one, or shares the folder of the
 * toolkits, has not got them.
 */
export class BundleNotes {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'bundles');
  }

  /** Notes a bundle, for as long as a crash would leave it over. */
  async add(bundleId: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await (await open(join(this.#dir, bundleId), 'w', 0o600)).close();
    const handle = await open(this.#dir);
    await handle.sync().finally(() => handle.close());
  }

  /** Forgets bundles of which nothing is left over. */
  async remove(...bundleIds: readonly string[]): Promise<void> {
    for (const bundleId of bundleIds) await rm(join(this.#dir, bundleId), { force: true });
  }

  /** The ids of all that are noted. */
  async all(): Promise<Set<string>> {
    const names = await readdir(this.#dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return new Set(names);
  }
}
