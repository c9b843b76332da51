import { existsSync, realpathSync } from 'node:fs';
import { lstat, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderDigest } from '#core/jobs/folder-digest.js';

/** File in the folder of an uploaded bundle that says which one it is; a bundle may not have one itself. */
export const bundleMark = '.signalbox-bundle';

// With a dot in front, so that nobody takes one for a toolkit.
const aside = '.bundle-';

/** The folder below which toolkits lie, each in a folder that is named by its slug. */
export class ToolkitStorage {
  constructor(
    readonly dir: string,
    /** What the log of a job may hold when its operation does not say. */
    readonly logBytes: number,
  ) {}

  /** Whether the folder is there. */
  get exists(): boolean {
    return existsSync(this.dir);
  }

  /** The folder of a toolkit, with all links in the way to it followed: what a run may read is named by its real path. */
  folderOf(slug: string): string {
    return join(this.exists ? realpathSync(this.dir) : this.dir, slug);
  }

  /** Whether there is a folder of that name: a link to one does not count. */
  async has(slug: string): Promise<boolean> {
    return (await lstat(this.folderOf(slug)).catch(() => null))?.isDirectory() ?? false;
  }

  /** Whether the folder of a toolkit has a file. */
  async holds(slug: string, file: string): Promise<boolean> {
    return (await this.has(slug)) && existsSync(join(this.folderOf(slug), file));
  }

  /** The digest of all files in the folder of a toolkit, whatever folder it was unpacked in and whenever; null when it cannot be read. */
  codeOf(slug: string): Promise<string | null> {
    return folderDigest(this.folderOf(slug), bundleMark).catch(() => null);
  }

  /** The digest of all files of a bundle that is not in place. */
  codeAside(bundleId: string): Promise<string> {
    return folderDigest(this.asideOf(bundleId), bundleMark);
  }

  /** The id of the bundle that the folder of a toolkit was unpacked from; null for what an operator put there. */
  async bundleIn(slug: string): Promise<string | null> {
    return (await readFile(join(this.folderOf(slug), bundleMark), 'utf8').catch(() => null))?.trim() ?? null;
  }

  /** The names of the folders that may be toolkits. */
  async names(): Promise<string[]> {
    const entries = this.exists ? await readdir(this.dir, { withFileTypes: true }) : [];
    return entries.flatMap((each) => (each.isDirectory() && !each.name.startsWith('.') ? [each.name] : [])).sort();
  }

  /** The folder of a bundle that is not in place: not yet, or not any more. */
  asideOf(bundleId: string): string {
    return this.folderOf(`${aside}${bundleId}`);
  }

  /** Whether there is such a folder. */
  isAside(bundleId: string): Promise<boolean> {
    return this.has(`${aside}${bundleId}`);
  }

  /** The ids of all bundles that are not in place. */
  async asides(): Promise<string[]> {
    const names = this.exists ? await readdir(this.dir) : [];
    return names.filter((name) => name.startsWith(aside)).map((name) => name.slice(aside.length));
  }

  /** Removes a bundle that is not in place. */
  async removeAside(bundleId: string): Promise<void> {
    await rm(this.asideOf(bundleId), { recursive: true, force: true });
  }

  /** Moves the bundle of a toolkit out of its place; what an operator put there stays. */
  async setAside(slug: string): Promise<void> {
    const bundleId = await this.bundleIn(slug);
    if (bundleId !== null) await rename(this.folderOf(slug), this.asideOf(bundleId));
  }

  /** Moves a bundle into its place, and the one that was there out of it. */
  async putInPlace(slug: string, bundleId: string): Promise<void> {
    const before = await this.bundleIn(slug);
    await this.setAside(slug);
    try {
      await rename(this.asideOf(bundleId), this.folderOf(slug));
    } catch (error) {
      if (before !== null) await rename(this.asideOf(before), this.folderOf(slug));
      throw error;
    }
    const handle = await open(this.dir, 'r');
    await handle.sync().finally(() => handle.close());
  }

  /** Moves a bundle out of its place again, and the one that was there before back into it. */
  async takeBack(slug: string, bundleId: string, before: string | null): Promise<void> {
    // Another process may have seen to it already.
    if ((await this.bundleIn(slug)) !== bundleId) return;
    await this.setAside(slug);
    if (before !== null) await rename(this.asideOf(before), this.folderOf(slug));
  }
}
