import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { canEnter, type Account } from './account.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { BinaryPackage } from './locate-binaries.js';

const sharedCache = '/var/cache/signalbox';

/** Paths of the PostgreSQL programs. */
export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/**
 * Returns programs that the account can run: the installed ones, or else a copy, because npm was told not to run the script that
 * completes them, or because the account cannot reach node_modules. The copy is in the data folder, or where the account cannot
 * reach that either, in the system's cache folder.
 */
export function prepareBinaries(installed: BinaryPackage, dataDir: string, account: Account): Binaries {
  const name = `pg-bin-${installed.version}`;
  const isUsable = missingLinks(installed.nativeDir).length === 0 && tryOut(installed.nativeDir, account) === undefined;
  for (const copy of readdirSync(dataDir).filter((each) => each.startsWith('pg-bin-'))) {
    if (isUsable || copy !== name) rmSync(join(dataDir, copy), { recursive: true, force: true });
  }
  if (isUsable) return programs(installed.nativeDir);
  const copy = join(canEnter(dataDir, account) ? dataDir : cacheFolder(), name);
  if (!existsSync(copy)) copyPrograms(installed.nativeDir, copy);
  const failure = tryOut(copy, account);
  if (failure === undefined) return programs(copy);
  throw new EmbeddedPostgresError(
    'EMBEDDED_POSTGRES_UNAVAILABLE',
    `The embedded PostgreSQL does not run here: ${failure}. It needs a system with glibc, and a data folder that allows programs to run (no noexec). Set DATABASE_URL to a PostgreSQL server (15 or newer) instead.`,
  );
}

// Only root has another account than its own, so that this folder can be made, and nobody else can write there.
function cacheFolder(): string {
  mkdirSync(sharedCache, { recursive: true, mode: 0o755 });
  return sharedCache;
}

const programs = (nativeDir: string): Binaries => ({
  postgres: join(nativeDir, 'bin/postgres'),
  initdb: join(nativeDir, 'bin/initdb'),
  pgCtl: join(nativeDir, 'bin/pg_ctl'),
});

// Half a copy never gets the final name, so a start that was killed leaves nothing that could be taken for a whole one.
function copyPrograms(nativeDir: string, copy: string): void {
  const unfinished = mkdtempSync(`${copy}.new-`);
  cpSync(nativeDir, unfinished, { recursive: true, verbatimSymlinks: true });
  for (const [link, target] of missingLinks(unfinished)) symlinkSync(relative(dirname(link), target), link);
  openToAll(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // The system's cache folder serves all data folders, so another start may have been faster.
    if (!existsSync(copy)) throw error;
  }
}

// The npm format has no symbolic links, so the package lists them for a script that runs after the installation.
function missingLinks(nativeDir: string): [link: string, target: string][] {
  const list = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const inside = (path: string) => join(nativeDir, relative('native', path));
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.map(({ source, target }): [string, string] => [inside(target), inside(source)]).filter(([link]) => !existsSync(link));
}

function tryOut(nativeDir: string, account: Account): string | undefined {
  const run = spawnSync(programs(nativeDir).postgres, ['--version'], { ...account, cwd: '/', env: {}, encoding: 'utf8' });
  return run.status === 0 ? undefined : (run.error?.message ?? (run.stderr.trim() || `it ended with ${run.signal ?? run.status}`));
}

function openToAll(folder: string): void {
  for (const path of [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))]) {
    const entry = lstatSync(path);
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || (entry.mode & 0o100) !== 0;
    chmodSync(path, entry.mode | (isProgram ? 0o555 : 0o444));
  }
}
