import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user that PostgreSQL runs as; empty means the same as Signalbox. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** Chooses the account for PostgreSQL, which refuses to run as root: then the owner of an existing database, or `nobody`. */
export function chooseAccount(clusterDir: string): Account {
  const existing = statSync(clusterDir, { throwIfNoEntry: false });
  const self = process.getuid?.();
  if (self !== 0) {
    if (!existing || existing.uid === self) return {};
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNAVAILABLE',
      `The database in ${clusterDir} belongs to another user (uid ${existing.uid}). Start Signalbox as root or as that user, or set DATA_DIR to another folder.`,
    );
  }
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const nobody = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!nobody) {
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNAVAILABLE',
      'PostgreSQL does not run as root, and this system has no user "nobody" to run it. Start Signalbox as another user, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}

/**
 * Throws an error that says what to do when the account cannot reach the data folder because a folder above it is closed. On Linux it
 * need not: see `clusterAddress`.
 */
export function requireReachable(dataDir: string, account: Account): void {
  if (account.uid === undefined || process.platform === 'linux' || canEnter(dataDir, account)) return;
  const path = [dataDir];
  while (dirname(path[0]!) !== path[0]) path.unshift(dirname(path[0]!));
  const closed = path.find((folder) => !canEnter(folder, account));
  throw new EmbeddedPostgresError(
    'EMBEDDED_POSTGRES_UNAVAILABLE',
    `PostgreSQL does not run as root, and the user it runs as instead (uid ${account.uid}) cannot pass through ${closed} to the data folder ${dataDir}. ` +
      `Allow it with "chmod o+x ${closed}", set DATA_DIR to a folder elsewhere, start Signalbox as another user, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** Whether the account can pass through a folder and those above it. */
// Asked of the system rather than read from the mode bits, because access lists count too.
export function canEnter(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'test -x "$1/."', 'sh', folder], { ...account, cwd: '/', env: {} }).status !== 1;
}
