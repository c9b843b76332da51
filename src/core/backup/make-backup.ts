import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { archiveDatabase, type BackupContent } from './archive-database.js';
import { BackupError } from './backup-error.js';
import type { BackupManifest } from './manifest.js';
import { openSession } from './open-session.js';
import { beginSnapshot } from './snapshot.js';

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
    let manifest: BackupManifest;
    const archive = async function* (): AsyncGenerator<Buffer> {
      manifest = yield* archiveDatabase(client, snapshot, content);
    };
    await pipeline(archive, createGzip({ level: 3 }), createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
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
