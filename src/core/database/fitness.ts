import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';

/** The table that stands in a database as long as a restore into it is not done. */
export const restoreTable = 'unfinished_restore';

/** The file that stands in a data folder as long as a restore into it is not done. */
export const restoreFile = 'restore.unfinished';

/** The database or the data folder is not one that this program may work on; the message says what to do. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

/** Throws when a restore into a data folder was not finished. */
export function requireRestoredFolder(dataDir: string): void {
  const file = join(dataDir, restoreFile);
  if (!existsSync(file)) return;
  throw new UnfitError(
    `The restore of ${readFileSync(file, 'utf8').trim()} into ${dataDir} was not finished, so what is there is not whole. ` +
      'Unless it still runs, empty that folder (and the database, when DATABASE_URL names one), and restore again.',
  );
}

/** Throws when a restore into a database was not finished, or when a newer Signalbox has worked on it. */
export async function requireFitDatabase(client: Client, migrationsFolder: string): Promise<void> {
  const { rows } = await client.query<{ restore: boolean; migrations: boolean }>(
    `select to_regclass($1) is not null as restore, to_regclass('migrations') is not null as migrations`,
    [restoreTable],
  );
  if (rows[0]!.restore) {
    const { rows: marks } = await client.query<{ file: string }>(`select file from ${restoreTable}`);
    throw new UnfitError(
      `The restore of ${marks[0]?.file} into this database was not finished, so what is in it is not whole. ` +
        'Make an empty database, and an empty DATA_DIR, and restore again.',
    );
  }
  if (!rows[0]!.migrations) return;
  const known = new Set(await knownMigrations(migrationsFolder));
  const { rows: applied } = await client.query<{ name: string }>('select name from migrations order by name');
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new UnfitError(
    `This database was migrated by a newer Signalbox (${unknown.join(', ')}), and this version does not know what is in it. ` +
      'Start the newer version, or restore a backup of this one into an empty database.',
  );
}

/** The names of the migrations that this program knows, in their order. */
export async function knownMigrations(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^Migration\d+\.[jt]s$/.test(name)).map((name) => name.slice(0, -3));
  return names.sort();
}
