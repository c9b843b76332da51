import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder } from '#core/database/embedded/open-folder.js';
import { restoreFile, restoreTable } from '#core/database/fitness.js';
import { underMigrationLock } from '#core/database/migrate.js';
import type { Database } from '#core/database/open-database.js';
import { loadBackup } from './load-backup.js';
import type { BackupManifest } from './manifest.js';
import { openSession } from './open-session.js';
import { requireEmptyDatabase } from './restore-target.js';

/** What to restore, and where to. */
export interface Restoring {
  file: string;
  manifest: BackupManifest;
  dataDir: string;
}

/** Marks a data folder, which is made where it is missing, as the target of a restore: nothing starts on it until `unmarkFolder`. */
export function markFolder({ file, dataDir }: Restoring): void {
  writeFileSync(join(openFolder(dataDir), restoreFile), `${file}\n`, { mode: 0o600, flush: true });
}

/** Says that the restore into a data folder is done. */
export function unmarkFolder({ dataDir }: Restoring): void {
  const folder = openSync(dataDir, 'r');
  // What was restored must be there after a power cut when the mark is not.
  fsyncSync(folder);
  rmSync(join(dataDir, restoreFile));
  fsyncSync(folder);
  closeSync(folder);
}

/**
 * Restores a verified backup into an empty database and a marked data folder: migrates to the state of the backup, loads it, and
 * migrates on to the newest state. `finish` is to drop the mark of the database in the transaction of what is left to do. Returns the
 * tables that were left out, because Signalbox does not know them.
 */
export async function restoreBackup(
  database: Database,
  { file, manifest, dataDir }: Restoring,
  finish: (dropMark: string) => Promise<void>,
): Promise<string[]> {
  return underMigrationLock(database.url, async (session) => {
    await requireEmptyDatabase(session, database.migrations);
    await session.query(`create table ${restoreTable} (file text not null, started_at timestamptz(3) not null default clock_timestamp())`);
    await session.query(`insert into ${restoreTable} (file) values ($1)`, [file]);
    await database.orm.migrator.up({ migrations: manifest.migrations });
    const client = await openSession(database.url);
    const leftOut = await loadBackup(client, file, dataDir, manifest).finally(() => client.end().catch(() => {}));
    await database.orm.migrator.up();
    await finish(`drop table ${restoreTable}`);
    return leftOut;
  });
}
