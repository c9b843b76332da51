import { restoreTable } from '#core/database/fitness.js';
import { underMigrationLock } from '#core/database/migrate.js';
import type { Database } from '#core/database/open-database.js';
import type { FolderClaim } from './folder-claim.js';
import { loadBackup } from './load-backup.js';
import type { BackupManifest } from './manifest.js';
import { openSession } from './open-session.js';
import { requireEmptyDatabase } from './restore-target.js';

/** What to restore, and where to. */
export interface Restoring {
  file: string;
  manifest: BackupManifest;
  claim: FolderClaim;
}

/**
 * Restores a verified backup into an empty database and a claimed data folder: migrates to the state of the backup, loads it, and
 * migrates on to the newest state. `finish` is to drop the mark of the database in the transaction of what is left to do. Returns the
 * tables that were left out, because Signalbox does not know them.
 */
export async function restoreBackup(
  database: Database,
  { file, manifest, claim }: Restoring,
  finish: (dropMark: string) => Promise<void>,
): Promise<string[]> {
  return underMigrationLock(database.url, async (session) => {
    await requireEmptyDatabase(session, database.migrations);
    claim.hold();
    await session.query(`create table ${restoreTable} (file text not null, started_at timestamptz(3) not null default clock_timestamp())`);
    await session.query(`insert into ${restoreTable} (file) values ($1)`, [file]);
    await database.orm.migrator.up({ migrations: manifest.migrations });
    const client = await openSession(database.url);
    const leftOut = await loadBackup(client, file, claim.dataDir, manifest).finally(() => client.end().catch(() => {}));
    await database.orm.migrator.up();
    await finish(`drop table ${restoreTable}`);
    return leftOut;
  });
}
