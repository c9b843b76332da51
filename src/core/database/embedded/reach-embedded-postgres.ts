import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { takeOwnerLock } from './owner-lock.js';
import { readPostmasterFile } from './postmaster-file.js';
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './start-embedded-postgres.js';

const patienceMs = 60_000;

/** A way to the database of a data folder, to be closed after use. */
export interface ReachedPostgres {
  url: string;
  stop(): Promise<void>;
}

/** Reaches the database of a data folder for a while: that of the Signalbox that runs on it, or else one that is started for this. */
export async function reachEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<ReachedPostgres> {
  const { dataDir } = options;
  if (!existsSync(join(dataDir, 'pg', 'PG_VERSION')))
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNAVAILABLE',
      `There is no database in ${dataDir}. Set DATA_DIR to the folder of the installation, or DATABASE_URL to its database.`,
    );
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const running = await attach(dataDir);
    if (running) return running;
    try {
      return await startEmbeddedPostgres(options);
    } catch (error) {
      // Its owner is about to start it, or to leave.
      if ((error as EmbeddedPostgresError).code !== 'DATA_DIR_IN_USE' || Date.now() > deadline) throw error;
    }
    await wait(200);
  }
}

// A server without an owner is an orphan, which the next start of Signalbox stops: nothing to work with.
async function attach(dataDir: string): Promise<ReachedPostgres | null> {
  const found = readPostmasterFile(join(dataDir, 'pg'));
  if (!found?.isRunning) return null;
  const access = { port: found.port, password: readFileSync(join(dataDir, 'pg.password'), 'utf8').trim() };
  try {
    const orphan = await takeOwnerLock(access, 0);
    await orphan?.end();
    if (orphan) return null;
  } catch {
    return null;
  }
  return { url: `postgres://postgres:${access.password}@127.0.0.1:${access.port}/postgres`, stop: async () => {} };
}
