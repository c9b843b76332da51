import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import type { Account } from './account.js';
import { clusterAddress } from './cluster-address.js';
import { EmbeddedPostgresError, folderInUse } from './embedded-postgres-error.js';
import { takeOwnerLock } from './owner-lock.js';
import { readPostmasterFile } from './postmaster-file.js';

const WRONG_PASSWORD = '28P01';

// Sessions of a killed owner take a moment to vanish; a server in recovery or on its way down takes longer to make up its mind.
const lockPatienceMs = 5_000;
const answerPatienceMs = 60_000;

/** What stopping an orphan takes; `password` is the one stored beside the database. */
export interface OrphanStop {
  dataDir: string;
  pgCtl: string;
  account: Account;
  password: string;
}

/** Stops a server that outlived its killed owner, and throws DATA_DIR_IN_USE when it turns out to have an owner after all. */
export async function stopOrphan({ dataDir, pgCtl, account, password }: OrphanStop): Promise<void> {
  const clusterDir = join(dataDir, 'pg');
  const deadline = Date.now() + answerPatienceMs;
  for (;;) {
    const found = readPostmasterFile(clusterDir);
    if (!found?.isRunning) return;
    let lock: Client | undefined;
    try {
      lock = await takeOwnerLock({ port: found.port, password }, lockPatienceMs);
    } catch (error) {
      // It may be starting, recovering or already stopping.
      const isFinal = (error as { code?: string }).code === WRONG_PASSWORD || Date.now() > deadline;
      if (isFinal) throw unreachable(dataDir, found.pid, error);
      await wait(50);
      continue;
    }
    if (!lock) throw folderInUse(dataDir, found.pid);
    try {
      await stop(pgCtl, clusterDir, account);
    } finally {
      await lock.end().catch(() => undefined);
    }
  }
}

// A fast stop waits for what cannot be interrupted; an immediate one is as safe as the crash that the next start recovers from.
async function stop(pgCtl: string, clusterDir: string, account: Account): Promise<void> {
  const { cwd, dir } = clusterAddress(clusterDir, account);
  const run = (mode: string) => promisify(execFile)(pgCtl, ['stop', '-D', dir, '-m', mode, '-w', '-t', '30'], { ...account, cwd, env: {} });
  await run('fast').catch(() => run('immediate'));
}

function unreachable(dataDir: string, pid: number, error: unknown): EmbeddedPostgresError {
  const reason = error instanceof Error ? error.message : String(error);
  return new EmbeddedPostgresError(
    'EMBEDDED_POSTGRES_FAILED',
    `A PostgreSQL server (process ${pid}) already runs on ${dataDir} and does not let us in (${reason}). Stop that process, then start again.`,
  );
}
