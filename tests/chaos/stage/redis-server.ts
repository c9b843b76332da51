import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { endAtExit } from './end-at-exit.ts';

const patienceMs = 10_000;

/** A Redis server that keeps nothing, on a port that stays the same. */
export class RedisServer {
  readonly url: string;
  readonly port: number;
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Starts a server; there has to be a `redis-server` on the system. */
  static async start(port: number): Promise<RedisServer> {
    const server = new RedisServer(port);
    await server.start();
    return server;
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', options, { cwd: '/', detached: true, stdio: 'ignore' });
    this.#child = child;
    child.once('exit', endAtExit(child));
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const deadline = Date.now() + patienceMs;
    while (!(await Promise.race([this.#answers(), failed]))) {
      if (Date.now() > deadline) throw new Error('redis-server does not start');
      await pause(50);
    }
  }

  /** Ends the server at once. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }
}
