import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { archiveDatabase } from './archive-database.js';
import { archivedKeys } from './archived-keys.js';
import { BackupError } from './backup-error.js';
import type { BackupManifest } from './manifest.js';
import { readNeededKeys, type SealedTexts } from './needed-keys.js';
import { openSession } from './open-session.js';
import type { KeyPlaces } from './present-keys.js';
import { requireFiles } from './require-files.js';
import { beginSnapshot } from './snapshot.js';
import type { StoredFiles } from './stored-files.js';

/** What to put into a backup. */
export interface BackupContent {
  version: string;
  dataDir: string;
  isEmbedded: boolean;
  storedFiles: readonly StoredFiles[];
  sealed: readonly SealedTexts[];
  keys: KeyPlaces;
  /** Leave out the file of the keys, and take a database whose keys are not here. */
  isWithoutKey: boolean;
  /** Take a data folder that lacks most of the files. */
  mayLackFiles: boolean;
}

/**
 * Writes one state of the database, and the files of its rows, to a new file. Until that is whole and on the disk it goes by another
 * name; memory does not grow with what is in it, but for a line for each file.
 */
export async function makeBackup(url: string, file: string, content: BackupContent): Promise<BackupManifest> {
  refuseExisting(file);
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const client = await openSession(url);
  const removePart = (): void => rmSync(part, { force: true });
  // For an end by a signal; what a kill leaves behind has a name that says what it is.
  process.once('exit', removePart);
  try {
    const snapshot = await beginSnapshot(client);
    const { keys: places, isWithoutKey, mayLackFiles, sealed, ...rest } = content;
    const neededKeys = await readNeededKeys(client, snapshot.tables, sealed);
    const keys = archivedKeys(neededKeys, places, isWithoutKey);
    const storedFiles = content.storedFiles.filter(({ table }) => snapshot.tables.some(({ name }) => name === table));
    let manifest: BackupManifest;
    const archive = async function* (): AsyncGenerator<Buffer> {
      manifest = yield* archiveDatabase(client, snapshot, { ...rest, keys, neededKeys, storedFiles });
    };
    await pipeline(archive, createGzip({ level: 3 }), createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
    if (!mayLackFiles) {
      await client.query('commit');
      await requireFiles(client, content.dataDir, manifest!, storedFiles);
    }
    await publish(part, file);
    return manifest!;
  } finally {
    process.off('exit', removePart);
    removePart();
    await client.end().catch(() => {});
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file)) throw new BackupError(`${file} is there already; choose another name`);
  if (!existsSync(dirname(file))) throw new BackupError(`There is no folder ${dirname(file)}`);
}

// A link, unlike a rename, never replaces what somebody else has put there meanwhile.
async function publish(part: string, file: string): Promise<void> {
  try {
    await link(part, file);
    await unlink(part);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new BackupError(`${file} is there already; choose another name`);
    // Some file systems have no links.
    refuseExisting(file);
    await rename(part, file);
  }
  const folder = await open(dirname(file));
  await folder.sync().finally(() => folder.close());
}
