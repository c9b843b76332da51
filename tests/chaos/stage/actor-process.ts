import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endAtExit } from './end-at-exit.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const restartMs = 300;
const patienceMs = 90_000;

/** What a process runs with. */
export interface ActorSettings {
  name: string;
  environment: Record<string, string>;
  /** What it prints when it is ready. */
  greeting: string;
  /** Where its output goes. */
  logFile: string;
  nodeOptions?: readonly string[];
}

/** A process of the product that is started again whenever it ends, as a supervisor would do. */
export class ActorProcess {
  readonly settings: ActorSettings;
  /** What it did that no process may do. */
  readonly offences: string[] = [];
  /** How often it was started. */
  starts = 0;
  isReady = false;
  #child: ChildProcess | null = null;
  #isExpectedToEnd = false;
  #isOver = false;
  #supervising: Promise<void> | null = null;
  readonly #log: WriteStream;

  constructor(settings: ActorSettings) {
    this.settings = settings;
    this.#log = createWriteStream(settings.logFile, { flags: 'a' });
  }

  /** The id of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Begins to supervise, and waits until the process is ready. */
  async start(): Promise<void> {
    this.#supervising ??= this.#supervise();
    await this.ready();
  }

  /** Waits until the process is ready. */
  async ready(): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!this.isReady) {
      if (Date.now() > deadline) throw new Error(`${this.settings.name} is not ready after ${patienceMs} ms; see ${this.settings.logFile}`);
      await pause(50);
    }
  }

  /** Ends the process with a signal, waits until it is gone, and returns its exit code; it comes back by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    this.#isExpectedToEnd = true;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Stops the process without ending it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    this.#child?.kill(signal);
  }

  /** Ends the process for good. */
  async close(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number | null> {
    this.#isOver = true;
    this.signal('SIGCONT');
    const code = await this.end(signal);
    await this.#supervising;
    this.#log.end();
    return code;
  }

  async #supervise(): Promise<void> {
    while (!this.#isOver) {
      const wasReady = await this.#runOnce();
      // A start may fail while the database is away; a process that has been ready may not end by itself.
      if (wasReady && !this.#isExpectedToEnd) this.offences.push(`${this.settings.name} ended by itself`);
      this.#isExpectedToEnd = false;
      if (!this.#isOver) await pause(restartMs);
    }
  }

  async #runOnce(): Promise<boolean> {
    const { environment, greeting, name, nodeOptions = [] } = this.settings;
    this.starts += 1;
    this.#log.write(`--- start ${this.starts} at ${new Date().toISOString()}\n`);
    const child = spawn(process.execPath, [...nodeOptions, 'dist/src/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH!, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in the terminal is for the harness, which ends its processes itself.
      detached: true,
    });
    this.#child = child;
    const forget = endAtExit(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log.write(text);
        if (!this.isReady && text.includes(greeting)) this.isReady = true;
        if (text.includes('nobody looked')) this.offences.push(`${name} has an unhandled rejection`);
        if (text.includes('MaxListenersExceededWarning')) this.offences.push(`${name} has too many listeners`);
      });
    await once(child, 'exit');
    forget();
    const wasReady = this.isReady;
    this.isReady = false;
    this.#child = null;
    return wasReady;
  }
}
