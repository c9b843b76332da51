import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { canEnter, type Account } from './account.js';
import { clusterAddress } from './cluster-address.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { Binaries } from './prepare-binaries.js';

/** Creates the database folder `pg` when there is none, whole or not at all, and returns the password of the user `postgres`. */
export async function createCluster(dataDir: string, binaries: Binaries, account: Account): Promise<string> {
  for (const name of readdirSync(dataDir)) {
    // An initdb that outlived its killed parent may still be writing; what cannot be removed now is removed at the next start.
    if (name.startsWith('pg.new-')) rmSync(join(dataDir, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
  const clusterDir = join(dataDir, 'pg');
  const passwordFile = join(dataDir, 'pg.password');
  if (!existsSync(passwordFile)) {
    if (existsSync(join(clusterDir, 'PG_VERSION'))) {
      throw new EmbeddedPostgresError(
        'EMBEDDED_POSTGRES_FAILED',
        `${passwordFile} is missing: without it the database in ${clusterDir} cannot be opened. Bring it back from a backup.`,
      );
    }
    writePassword(passwordFile, account);
  }
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) await initialise(clusterDir, binaries.initdb, passwordFile, account);
  return readFileSync(passwordFile, 'utf8').trim();
}

// A password file that stands under its name is whole; initdb, which runs as the account, has to read it.
function writePassword(passwordFile: string, account: Account): void {
  writeFileSync(`${passwordFile}.new`, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
  giveTo(`${passwordFile}.new`, account);
  renameSync(`${passwordFile}.new`, passwordFile);
}

async function initialise(clusterDir: string, initdb: string, passwordFile: string, account: Account): Promise<void> {
  // A name of its own for every try, because a surviving initdb of an earlier one would empty a folder of the same name.
  const created = mkdtempSync(`${clusterDir}.new-`);
  giveTo(created, account);
  const encoding = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const { cwd, dir } = clusterAddress(created, account);
  const readable = readableCopy(passwordFile, account);
  const access = ['--username=postgres', `--pwfile=${readable}`, '--auth=scram-sha-256'];
  const options = { ...account, cwd, env: { TZ: 'UTC' } };
  try {
    await promisify(execFile)(initdb, ['-D', dir, ...access, ...encoding, '--data-checksums', '--no-instructions'], options);
    renameSync(created, clusterDir);
    makeDurable(dirname(clusterDir));
  } catch (error) {
    rmSync(created, { recursive: true, force: true });
    const reason = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new EmbeddedPostgresError('EMBEDDED_POSTGRES_FAILED', `The embedded database could not be created in ${clusterDir}: ${reason}`);
  } finally {
    if (readable !== passwordFile) rmSync(readable, { force: true });
  }
}

// Where the account cannot reach the data folder, initdb reads a copy that only the account can read.
function readableCopy(passwordFile: string, account: Account): string {
  if (canEnter(dirname(passwordFile), account)) return passwordFile;
  const copy = join('/tmp', `signalbox-${randomBytes(12).toString('hex')}`);
  writeFileSync(copy, readFileSync(passwordFile), { mode: 0o600, flag: 'wx' });
  giveTo(copy, account);
  return copy;
}

function giveTo(path: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

// A renamed file survives a power cut only when its folder has been written too.
function makeDurable(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
