import { join } from 'node:path';
import { chooseAccount, requireReachable } from './account.js';
import { claimFolder } from './claim-folder.js';
import { createCluster } from './create-cluster.js';
import { folderInUse } from './embedded-postgres-error.js';
import { launchServer, type Ending, type Launch, type Server } from './launch-server.js';
import { locateBinaries } from './locate-binaries.js';
import { openFolder } from './open-folder.js';
import { keepOwnerLock, takeOwnerLock, type OwnerLock } from './owner-lock.js';
import { prepareBinaries } from './prepare-binaries.js';
import { requireSameMajor } from './same-major.js';
import { stopOrphan } from './stop-orphan.js';

const fastStopMs = 30_000;

/** A running PostgreSQL server that belongs to this process; `exited` resolves only when it ends without `stop()`. */
export interface EmbeddedPostgres {
  url: string;
  exited: Promise<Ending>;
  stop(): Promise<void>;
}

/** Where the database lives, and what to do with each line of PostgreSQL's own log. */
export interface EmbeddedPostgresOptions {
  dataDir: string;
  log?: (line: string) => void;
}

/** Starts the PostgreSQL server of a data folder, which it creates at the first start and recovers after a crash. */
export async function startEmbeddedPostgres({ dataDir, log = () => undefined }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = openFolder(dataDir);
  const clusterDir = join(folder, 'pg');
  const account = chooseAccount(clusterDir);
  requireReachable(folder, account);
  const claim = await claimFolder(folder);
  try {
    const installed = locateBinaries();
    requireSameMajor(clusterDir, installed.version);
    const binaries = prepareBinaries(installed, folder, account);
    const password = await createCluster(folder, binaries, account);
    await stopOrphan({ dataDir: folder, pgCtl: binaries.pgCtl, account, password });
    const { server, lock } = await launchOwned({ postgres: binaries.postgres, clusterDir, account, log }, folder, password);
    return own(server, `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`, async () => {
      await lock.release();
      claim.release();
    });
  } catch (error) {
    claim.release();
    throw error;
  }
}

async function launchOwned(launch: Launch, dataDir: string, password: string): Promise<{ server: Server; lock: OwnerLock }> {
  const server = await launchServer(launch);
  try {
    const access = { port: server.port, password };
    const client = await takeOwnerLock(access, 0);
    if (!client) throw folderInUse(dataDir, undefined);
    return { server, lock: keepOwnerLock(client, access) };
  } catch (error) {
    server.child.kill('SIGINT');
    await server.ended;
    throw error;
  }
}

function own(server: Server, url: string, release: () => Promise<void>): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // Stop modes of PostgreSQL: SIGINT is fast, SIGQUIT is immediate.
    server.child.kill('SIGINT');
    const timer = setTimeout(() => server.child.kill('SIGQUIT'), fastStopMs);
    await server.ended;
    clearTimeout(timer);
    await release();
  };
  const exited = server.ended.then((ending) => (stopping ? new Promise<never>(() => undefined) : ending));
  return { url, exited, stop: () => (stopping ??= stop()) };
}
