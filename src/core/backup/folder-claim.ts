import { closeSync, existsSync, fsyncSync, openSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder } from '#core/database/embedded/open-folder.js';
import { requireRestoredFolder, restoreFile } from '#core/database/fitness.js';
import { requireEmptyFolder } from './restore-target.js';

/** A data folder that a restore has for itself: as long as its mark is there, nothing else begins on it. */
export class FolderClaim {
  #isRevocable = true;

  constructor(
    readonly dataDir: string,
    readonly isNew: boolean,
  ) {
    process.once('exit', this.#atExit);
  }

  /** Throws when somebody who came before the claim has put something into the folder since. */
  requireEmpty(): void {
    requireEmptyFolder(this.dataDir, restoreFile);
  }

  /** Says that something is about to be changed: the mark stays until all of it is there. */
  hold(): void {
    this.#isRevocable = false;
    process.off('exit', this.#atExit);
  }

  /** Gives the folder back as it was; returns false when something was changed. */
  release(): boolean {
    if (!this.#isRevocable) return false;
    process.off('exit', this.#atExit);
    rmSync(join(this.dataDir, restoreFile), { force: true });
    if (this.isNew) removeEmpty(this.dataDir);
    return true;
  }

  /** Says that everything is there: the folder may be worked on. */
  complete(): void {
    const folder = openSync(this.dataDir, 'r');
    // What was restored must be there after a power cut when the mark is not.
    fsyncSync(folder);
    rmSync(join(this.dataDir, restoreFile));
    fsyncSync(folder);
    closeSync(folder);
  }

  // For an end by a signal.
  readonly #atExit = (): void => void this.release();
}

/** Claims an empty data folder, which is made where it is missing, for the restore of a file. */
export function claimFolder(file: string, dataDir: string): FolderClaim {
  requireEmptyFolder(dataDir);
  const isNew = !existsSync(dataDir);
  try {
    writeFileSync(join(openFolder(dataDir), restoreFile), `${file}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    // Another restore was faster.
    requireRestoredFolder(dataDir);
    throw error;
  }
  return new FolderClaim(dataDir, isNew);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
