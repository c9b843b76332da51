import { makeBackup } from '#core/backup/make-backup.js';
import { missingKeys, tellOfLostKey, type SealedTexts } from '#core/backup/needed-keys.js';
import { presentKeys } from '#core/backup/present-keys.js';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { SealedColumn } from '#core/database/sealed-column.js';
import type { Command } from '../console/command.js';
import { openOrm, reachDatabase, requireFit } from '../console/installation.js';
import { domains, graph } from '../domains.js';
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
  options: {
    'without-key': {
      description: 'Leave out the encryption key that was made in DATA_DIR, or do without one here; a restore will need it',
    },
    'without-missing-files': { description: 'Make the backup although most files that the database names are not in DATA_DIR' },
  },
  async run(call) {
    const file = call.pathOf('FILE');
    const database = await openOrm(call, await reachDatabase(call));
    await requireFit(database);
    const { DATA_DIR: dataDir, DATABASE_URL: given, ENCRYPTION_KEY: current, RETIRED_ENCRYPTION_KEYS: retired } = call.config;
    const places = { current, retired, dataDir };
    const manifest = await makeBackup(database.url, file, {
      version,
      dataDir,
      isEmbedded: !given,
      storedFiles: domains.flatMap(({ storedFiles = [] }) => storedFiles),
      sealed: graph.sealed.map(sealedTexts),
      keys: places,
      isWithoutKey: call.flags.has('without-key'),
      mayLackFiles: call.flags.has('without-missing-files'),
    });
    const { createdAt, tables, files, missing, keys, neededKeys = [] } = manifest;
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    for (const path of missing) call.tell(`Not there, so not in the backup: ${path}`);
    const lost = missingKeys(neededKeys, presentKeys(places)?.ids ?? []).other;
    for (const { id } of neededKeys) {
      if (lost.includes(id)) call.tell(tellOfLostKey(id));
      else if (!keys?.isIncluded || !keys.ids.includes(id)) call.tell(`The encryption key ${id} is not in the backup: a restore needs it.`);
    }
    call.answer(
      { file, createdAt, tables: tables.length, rows, files: files.length, missing, keys, neededKeys },
      `${file}: ${tables.length} tables with ${rows} rows, ${files.length} files.`,
    );
  },
};

function sealedTexts({ entity, property, isRequired = false }: SealedColumn): SealedTexts {
  const declaration = declarationOf(entity);
  return { table: declaration.table, column: columnName(declaration, property), isRequired };
}
