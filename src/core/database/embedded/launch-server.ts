import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from './account.js';
import { clusterAddress, folderMark } from './cluster-address.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readPostmasterFile } from './postmaster-file.js';

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A PostgreSQL server of our own that takes connections. */
export interface Server {
  port: number;
  child: ChildProcess;
  ended: Promise<Ending>;
}

/** What a server needs to run: its program, its folder, its account, and where its log lines go. */
export interface Launch {
  postgres: string;
  clusterDir: string;
  account: Account;
  log: (line: string) => void;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The application logs its own failed statements; from here they would come with the values in them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

// Another program may take the port first, and the processes of a killed server need a moment to notice.
const passing = /could not create any TCP\/IP sockets|pre-existing shared memory block/;
const patienceMs = 60_000;

/** Starts a server on a free port of the local machine and waits until it is ready, however long its recovery takes. */
export async function launchServer(launch: Launch): Promise<Server> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const lastLines: string[] = [];
    const server = await launchOnce(launch, lastLines);
    if (server) return server;
    const output = lastLines.join('\n');
    if (!passing.test(output) || Date.now() > deadline) {
      throw new EmbeddedPostgresError('EMBEDDED_POSTGRES_FAILED', `PostgreSQL did not start on ${launch.clusterDir}:\n${output}`);
    }
    await wait(100);
  }
}

async function launchOnce({ postgres, clusterDir, account, log }: Launch, lastLines: string[]): Promise<Server | undefined> {
  const port = await freePort();
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { cwd, dir } = clusterAddress(clusterDir, account);
  const child = spawn(postgres, ['-D', dir, '-p', String(port), '-c', folderMark(clusterDir), ...options], {
    ...account,
    cwd,
    // A process group of its own: Ctrl-C in the terminal must not stop the database before the application has.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { TZ: 'UTC', ...passOverRecycledPid(clusterDir) },
  });
  // process.exit() must not leave an orphan, and a signal is all that can be sent at that point.
  const stopAtExit = () => child.kill('SIGINT');
  process.once('exit', stopAtExit);
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      lastLines.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  void ended.then(() => process.off('exit', stopAtExit));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log(line);
      lastLines.push(line);
      if (lastLines.length > 30) lastLines.shift();
      if (line.endsWith('database system is ready to accept connections')) resolve(true);
    });
  });
  const isReady = await Promise.race([ready, ended.then(() => false)]);
  if (isReady) return { port, child, ended };
  // The last lines, which give the reason, may arrive after the end.
  await closed;
  return undefined;
}

// PostgreSQL takes any live process of the noted id for a server, except its own ancestors; pg_ctl uses the same variable.
// Deleting the file instead would also delete the trace by which it finds surviving processes of the killed server.
function passOverRecycledPid(clusterDir: string): { PG_GRANDPARENT_PID?: string } {
  const stale = readPostmasterFile(clusterDir);
  return stale && stale.pid > 0 && !stale.isRunning ? { PG_GRANDPARENT_PID: String(stale.pid) } : {};
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
