import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Throws an error that says what to do when another major release of PostgreSQL made the database folder: it cannot be opened then. */
export function requireSameMajor(clusterDir: string, version: string): void {
  const file = join(clusterDir, 'PG_VERSION');
  if (!existsSync(file)) return;
  const made = readFileSync(file, 'utf8').trim();
  const [major] = version.split('.');
  if (made === major) return;
  throw new EmbeddedPostgresError(
    'EMBEDDED_POSTGRES_FAILED',
    `PostgreSQL ${made} made the database in ${clusterDir}, and this Signalbox brings PostgreSQL ${major}, which cannot open it. ` +
      `Write a backup with the version of Signalbox that you used before ("npm run signalbox -- backup FILE"), then restore it with this one into an empty ` +
      `data folder ("DATA_DIR=... npm run signalbox -- restore FILE"). Nothing was changed.`,
  );
}
