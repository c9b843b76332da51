import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chooseAccount, type Account } from '#core/database/embedded/account.js';
import { clusterAddress } from '#core/database/embedded/cluster-address.js';
import { createCluster } from '#core/database/embedded/create-cluster.js';
import { locateBinaries } from '#core/database/embedded/locate-binaries.js';
import { openFolder } from '#core/database/embedded/open-folder.js';
import { prepareBinaries } from '#core/database/embedded/prepare-binaries.js';
import { endAtExit } from './end-at-exit.ts';

/** How a server is ended: it lets sessions go, it drops them, or it does not learn of it. */
export type DatabaseStop = 'fast' | 'immediate' | 'killed';

const signals: Record<DatabaseStop, NodeJS.Signals> = { fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL' };
const patienceMs = 60_000;
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '150',
  timezone: 'UTC',
  // A process that dies leaves what it wrote to the system; only a machine that dies would lose it, and none does here.
  fsync: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

/** A PostgreSQL server on its own folder and a port that stays the same, which can be ended in every way and started again. */
export class DatabaseServer {
  readonly url: string;
  readonly port: number;
  #child: ChildProcess | null = null;
  #restarting: Promise<void> = Promise.resolve();
  readonly #folder: string;
  readonly #postgres: string;
  readonly #account: Account;

  private constructor(folder: string, postgres: string, account: Account, port: number, password: string) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#account = account;
    this.port = port;
    this.url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Makes the database in an empty folder, and starts its server. */
  static async create(dataDir: string, port: number): Promise<DatabaseServer> {
    const folder = openFolder(dataDir);
    const account = chooseAccount(join(folder, 'pg'));
    const binaries = prepareBinaries(locateBinaries(), folder, account);
    const password = await createCluster(folder, binaries, account);
    const server = new DatabaseServer(join(folder, 'pg'), binaries.postgres, account, port, password);
    await server.start();
    return server;
  }

  /** Starts the server, and waits until it has recovered. */
  async start(): Promise<void> {
    const deadline = Date.now() + patienceMs;
    // What a killed server leaves keeps its memory for a moment.
    for (let output = ''; ; await pause(100)) {
      output = await this.#startOnce();
      if (output === '') return;
      if (Date.now() > deadline) throw new Error(`PostgreSQL does not start:\n${output}`);
    }
  }

  /** Ends the server, and starts it again after a while; one after the other. */
  restart(how: DatabaseStop, awayMs: number): Promise<void> {
    this.#restarting = this.#restarting.then(async () => {
      await this.stop(how);
      await pause(awayMs);
      await this.start();
    });
    return this.#restarting;
  }

  /** Ends the server, and waits until it is gone. */
  async stop(how: DatabaseStop): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signals[how]);
    await exited;
  }

  /** Returns what the server said when it did not start, otherwise an empty text. */
  async #startOnce(): Promise<string> {
    const { cwd, dir } = clusterAddress(this.#folder, this.#account);
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(this.#postgres, ['-D', dir, '-p', String(this.port), ...options], {
      ...this.#account,
      cwd,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { TZ: 'UTC' },
    });
    this.#child = child;
    child.once('exit', endAtExit(child));
    const said: string[] = [];
    const ready = new Promise<string>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (said.length < 30) said.push(line);
        if (line.endsWith('database system is ready to accept connections')) resolve('');
      });
    });
    return Promise.race([ready, once(child, 'exit').then(() => `${said.join('\n')}\nit has ended`)]);
  }
}
