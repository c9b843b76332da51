import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { folderInUse } from './embedded-postgres-error.js';

const SQLITE_BUSY = 5;

// An owner that is being killed, or is just about to leave, keeps its claim for a moment.
const patienceMs = 1_000;

/** The sole right of this process to work in a data folder; the operating system takes it back when the process dies. */
export interface FolderClaim {
  release(): void;
}

/** Claims the data folder for this process, or throws DATA_DIR_IN_USE when another live process has it. */
export async function claimFolder(dataDir: string): Promise<FolderClaim> {
  const ownerFile = join(dataDir, 'pg.owner');
  const deadline = Date.now() + patienceMs;
  let lock = tryLock(join(dataDir, 'pg.lock'));
  while (!lock) {
    if (Date.now() > deadline) throw folderInUse(dataDir, readOwner(ownerFile));
    await wait(50);
    lock = tryLock(join(dataDir, 'pg.lock'));
  }
  const held = lock;
  writeFileSync(ownerFile, `${process.pid}\n`);
  return {
    release: () => {
      if (!held.isOpen) return;
      rmSync(ownerFile, { force: true });
      held.close();
    },
  };
}

// Node.js has no file locks of its own; SQLite's is one that the kernel drops at kill -9 and does not pass on to children.
function tryLock(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

function readOwner(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}
