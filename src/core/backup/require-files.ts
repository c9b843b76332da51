import type { Client } from 'pg';
import { BackupError } from './backup-error.js';
import type { BackupManifest } from './manifest.js';
import { pathIn, type StoredFiles } from './stored-files.js';
import { quoted } from './quoted.js';

/**
 * Throws when most of the files that a snapshot names are missing although their rows are still there: then it is not they that were
 * being deleted, but another data folder. `client` sees the present state, not the snapshot.
 */
export async function requireFiles(
  client: Client,
  dataDir: string,
  manifest: BackupManifest,
  stored: readonly StoredFiles[],
): Promise<void> {
  const { files, missing } = manifest;
  const named = files.filter(({ path }) => stored.some(({ folder }) => path.startsWith(`${folder}/`))).length + missing.length;
  if (missing.length * 2 <= named) return;
  let lost = 0;
  for (const each of stored) {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from ${quoted(each.table)} where ${pathIn(each)} = any($1)`,
      [missing],
    );
    lost += rows[0]!.n;
  }
  if (lost * 2 <= named) return;
  throw new BackupError(
    `${lost} of the ${named} files that the database names are not below ${dataDir}, such as ${missing[0]}. ` +
      'Set DATA_DIR as for the server, or add --without-missing-files when they are lost.',
  );
}
