import { basename } from 'node:path';
import { requireKeys, requireKnownFolders, requireKnownMigrations } from '#core/backup/restorable.js';
import { BackupError } from '#core/backup/backup-error.js';
import { claimFolder, type FolderClaim } from '#core/backup/folder-claim.js';
import type { BackupManifest } from '#core/backup/manifest.js';
import { tellOfLostKey } from '#core/backup/needed-keys.js';
import { restoreBackup } from '#core/backup/restore-backup.js';
import { requireEmptyDatabase } from '#core/backup/restore-target.js';
import { verifyBackup } from '#core/backup/verify-backup.js';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { knownMigrations } from '#core/database/fitness.js';
import { underMigrationLock } from '#core/database/migrate.js';
import { tryDatabase } from '#core/database/try-database.js';
import { Delivery } from '#core/jobs/delivery.js';
import { resumeRestored, queuesOfWaiting } from '#domains/jobs/index.js';
import type { Call, Command } from '../console/command.js';
import { openOrm, openWriting, writeHere } from '../console/installation.js';
import { domains } from '../domains.js';
import { migrationsFolder } from '../migrations-folder.js';

/** Restores a backup into an empty installation. */
export const restore: Command = {
  name: 'restore',
  summary: 'Restores the backup FILE into an empty DATA_DIR, and an empty database where DATABASE_URL names one',
  details: [
    'All of the file is checked before anything is changed. A restore that is interrupted leaves a target that refuses to start: empty it and',
    'restore again. Jobs that waited are delivered again; those that ran count as lost and run again if they may. Sessions stay valid.',
  ].join('\n'),
  operands: ['FILE'],
  async run(call) {
    const file = call.pathOf('FILE');
    // First of all: checking takes its time, and nothing may begin on the folder meanwhile.
    const claim = claimFolder(file, call.config.DATA_DIR);
    const { manifest, leftOut } = await restoreInto(call, file, claim).catch((error: Error) => {
      if (claim.release()) throw error;
      throw new BackupError(`${error.message}. The restore is not finished: empty ${claim.dataDir} and the database, and restore again`);
    });
    claim.complete();
    for (const path of manifest.missing) call.tell(`Not in the backup, because it was not there: ${path}`);
    for (const table of leftOut) call.tell(`Left out, because it is none of Signalbox's tables: ${table}`);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    call.answer(
      {
        file,
        createdAt: manifest.createdAt,
        tables: manifest.tables.length,
        rows,
        files: manifest.files.length,
        missing: manifest.missing,
        leftOut,
      },
      `Restored ${manifest.tables.length} tables with ${rows} rows, and ${manifest.files.length} files.`,
    );
  },
};

async function restoreInto(call: Call, file: string, claim: FolderClaim): Promise<{ manifest: BackupManifest; leftOut: string[] }> {
  const given = call.config.DATABASE_URL;
  if (given) {
    await tryDatabase(given);
    await underMigrationLock(given, (session) => requireEmptyDatabase(session, migrationsFolder));
  }
  const manifest = await checkBackup(call, file);
  claim.requireEmpty();
  requireKeysOf(call, manifest);
  if (!given) claim.hold();
  const database = await openOrm(call, given ?? (await startEmbedded(call)));
  call.tell(`Restoring the state of ${manifest.createdAt}`);
  const leftOut = await restoreBackup(database, { file, manifest, claim }, async (dropMark) => {
    const delivery = new Delivery(database.url, call.log);
    call.defer(() => delivery.stop());
    await delivery.start(await queuesOfWaiting(database.fork()));
    const system = await openWriting(call, database, delivery);
    await writeHere(system, async (context) => {
      await resumeRestored(context);
      context.record('operating.backup.restored', null, { message: `The state of ${manifest.createdAt} from ${basename(file)}` });
      await context.em.execute(dropMark);
    });
  });
  return { manifest, leftOut };
}

async function checkBackup(call: Call, file: string): Promise<BackupManifest> {
  call.tell(`Checking ${file}`);
  const manifest = await verifyBackup(file);
  requireKnownMigrations(file, manifest, await knownMigrations(migrationsFolder));
  const folders = domains.flatMap(({ storedFiles = [] }) => storedFiles.map(({ folder }) => folder));
  requireKnownFolders(file, manifest, folders);
  return manifest;
}

function requireKeysOf({ config, tell }: Call, manifest: BackupManifest): void {
  const { DATA_DIR: dataDir, ENCRYPTION_KEY: current, RETIRED_ENCRYPTION_KEYS: retired } = config;
  for (const id of requireKeys(manifest, { current, retired, dataDir })) tell(tellOfLostKey(id));
}

async function startEmbedded({ config, log, defer }: Call): Promise<string> {
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.debug({ postgres: line }, 'PostgreSQL') });
  defer(() => embedded.stop());
  return embedded.url;
}
