import { makeBackup } from '#core/backup/make-backup.js';
import type { BackupManifest } from '#core/backup/manifest.js';
import { presentKeys } from '#core/backup/present-keys.js';
import type { Call, Command } from '../console/command.js';
import { openOrm, reachDatabase, requireFit } from '../console/installation.js';
import { domains } from '../domains.js';
import { version } from '../version.js';

/** Writes a backup of the installation to one file, while it runs. */
export const backup: Command = {
  name: 'backup',
  summary: 'Writes a backup of the installation to FILE, while it runs',
  details: [
    'The file holds one state of the database, the uploads and results that belong to it, and the encryption key that was made in DATA_DIR.',
    'Whoever has the file has the secrets: keep it like a password. A key from the environment is never in it; keep that elsewhere.',
    'Not in it: toolkits, and what waits in queues (a restore delivers the jobs again).',
  ].join('\n'),
  operands: ['FILE'],
  options: { 'without-key': { description: 'Leave out the encryption key that was made in DATA_DIR; a restore will need it' } },
  async run(call) {
    const file = call.pathOf('FILE');
    const database = await openOrm(call, await reachDatabase(call));
    await requireFit(database);
    const manifest = await makeBackup(database.url, file, {
      version,
      dataDir: call.config.DATA_DIR,
      isEmbedded: !call.config.DATABASE_URL,
      storedFiles: domains.flatMap(({ storedFiles = [] }) => storedFiles),
      keys: keysOf(call),
    });
    const { createdAt, tables, files, missing, keys } = manifest;
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    for (const path of missing) call.tell(`Not there, so not in the backup: ${path}`);
    if (keys && !keys.isIncluded) call.tell(`The encryption key ${keys.ids[0]} is not in the backup: a restore needs it.`);
    call.answer(
      { file, createdAt, tables: tables.length, rows, files: files.length, missing, keys },
      `${file}: ${tables.length} tables with ${rows} rows, ${files.length} files.`,
    );
  },
};

// A key from the environment is never in the backup.
function keysOf({ config, flags }: Call): BackupManifest['keys'] {
  const present = presentKeys({ current: config.ENCRYPTION_KEY, retired: config.RETIRED_ENCRYPTION_KEYS, dataDir: config.DATA_DIR });
  return present && { ids: present.ids, isIncluded: present.isFile && !flags.has('without-key') };
}
