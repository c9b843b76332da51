import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const started = new Set<TestProcess>();
// A test that fails leaves its processes to this.
afterAll(() => Promise.all([...started].map((process) => process.kill())));

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A process of a test, with what it has written so far. */
export class TestProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #isClosed = false;
  #wake: (() => void)[] = [];

  /** Runs a file of the project with this Node.js, and gives it `input`; it is killed when the file of the test is done. */
  constructor(args: readonly string[], environment: Record<string, string>, input?: string) {
    this.child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH!, ...environment },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.end(input);
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name]!.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.#changed();
      });
    this.#exited = once(this.child, 'close').then(([code]) => code as number | null);
    void this.#exited.then(() => {
      // Only now all of the output is there.
      this.#isClosed = true;
      this.#changed();
    });
    started.add(this);
  }

  /** Waits until something holds of the output. */
  async until(what: string, holds: (process: this) => boolean, ms = 60_000): Promise<this> {
    const deadline = Date.now() + ms;
    while (!holds(this)) {
      const isOver = this.#isClosed;
      if (isOver || Date.now() >= deadline) {
        const why = isOver ? `the process ended (${this.child.exitCode ?? this.child.signalCode}) before` : `waited ${ms} ms for`;
        throw new Error(`${why} ${what}; its output:\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this;
  }

  /** Waits for the end; the exit code, or null after a kill. */
  readonly exit = (): Promise<number | null> => this.#exited;

  /** Ends the process at once, without a chance to clean up. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exited;
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** A Signalbox in a process of its own. */
export interface TestServer {
  url: string;
  /** Null when the administrator has a password. */
  signInLink: string | null;
  process: TestProcess;
}

/** Starts a built Signalbox, on a free port unless `settings` name one, and waits until it answers. */
export async function startServer(settings: Record<string, string>): Promise<TestServer> {
  const server = new TestProcess(['dist/src/main.js'], { PORT: '0', LOG_LEVEL: 'warn', HEARTBEAT_MS: '500', ...settings });
  const { stdout } = await server.until('the welcome', ({ stdout }) => stdout.includes('Stop it with Ctrl-C.'));
  return {
    url: /Signalbox is at (\S+)/.exec(stdout)![1]!,
    signInLink: /\S+\/sign-in\?token=\S+/.exec(stdout)?.[0] ?? null,
    process: server,
  };
}
