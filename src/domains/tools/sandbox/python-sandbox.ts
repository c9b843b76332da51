import type { Logger } from '#core/log/logger.js';
import { codeSeen } from './box-message.js';
import type { Box } from './box.js';
import { BoxPool } from './box-pool.js';
import { isolationNames, type IsolationLevel, type IsolationName } from './isolation.js';
import { baseModules, isOffered } from './modules.js';
import { Places } from './places.js';
import { probeIsolation } from './probe-isolation.js';
import type { PythonCode, PythonEnd, PythonRun } from './python-run.js';
import { runInBox } from './run-in-box.js';
import { Snapshots } from './snapshots.js';

/** How the sandbox works on this machine. */
export interface PythonSandboxOptions {
  log: Logger;
  /** Folder for the snapshot of Python, only for this program. */
  folder: string;
  /** How many processes wait for a run, 1 by default; each takes about 200 MiB. */
  poolSize?: number;
  /** How many runs there may be at once, 4 by default; more of them wait. */
  mostAtOnce?: number;
  /** How long a process waits after the last run, five minutes by default. */
  idleMs?: number;
  /** The most memory that any run may be given, 512 MiB by default. */
  mostMemoryBytes?: number;
  /** Levels of isolation that may be used, all by default; where this machine has none of them, it cannot be opened. */
  levels?: readonly IsolationName[];
}

const usual = { poolSize: 1, mostAtOnce: 4, idleMs: 300_000, mostMemoryBytes: 512 * 1024 * 1024, levels: isolationNames };
const lookMs = 10_000;
const notStarted = 'Python could not be started; the log of the server says why';

/** Runs Python code that nobody trusts: each run in a process of its own that is used once. `open` makes one. */
export class PythonSandbox {
  readonly #pool: BoxPool;
  readonly #places: Places;
  readonly #ending = new AbortController();

  private constructor(
    /** How strongly runs are kept apart from this machine. */
    readonly level: IsolationLevel,
    pool: BoxPool,
    private readonly options: Required<PythonSandboxOptions>,
  ) {
    this.#pool = pool;
    this.#places = new Places(options.mostAtOnce);
  }

  /** Finds out how strongly runs can be kept apart, says so in the log, and starts nothing else yet. */
  static async open(given: PythonSandboxOptions): Promise<PythonSandbox> {
    const options = { ...usual, ...given };
    const { log, folder, poolSize: size, idleMs, mostMemoryBytes, levels } = options;
    const isolation = await probeIsolation(mostMemoryBytes, levels);
    const { name, description } = isolation;
    log[name === 'PROCESS_ONLY' ? 'warn' : 'info']({ isolation: name }, `Python tools run at this level of isolation: ${description}`);
    const box = { isolation, mostMemoryBytes };
    const pool = new BoxPool({ box, size, idleMs, log, snapshots: new Snapshots(folder, box, log) });
    return new PythonSandbox({ name, description }, pool, options);
  }

  /** Runs code once. It never throws: what went wrong is the end. */
  async run(run: PythonRun): Promise<PythonEnd> {
    const signal = AbortSignal.any([run.signal, this.#ending.signal]);
    const memoryBytes = Math.min(run.memoryBytes, this.options.mostMemoryBytes);
    const cancelled: PythonEnd = { kind: 'CANCELLED', error: 'The run was cancelled', durationMs: 0 };
    const end = await this.#withBox(signal, (box) => runInBox(box, { ...run, memoryBytes, signal }));
    return end ?? (signal.aborted ? cancelled : { kind: 'CRASH', error: notStarted, durationMs: 0 });
  }

  /** Looks at code without running it; throws when that is not possible. */
  async inspect(code: string, allowedModules: readonly string[] = []): Promise<PythonCode> {
    const task = JSON.stringify({ code, allowed: [...baseModules, ...allowedModules.filter(isOffered)] });
    const seen = await this.#withBox(this.#ending.signal, (box) => lookInBox(box, task));
    if (!seen) throw new Error(notStarted);
    return seen;
  }

  /** Ends the processes that wait and those that run; their runs end as cancelled. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('The sandbox is stopping'));
    await this.#pool.stop();
  }

  async #withBox<Found>(signal: AbortSignal, use: (box: Box) => Promise<Found>): Promise<Found | null> {
    const leave = await this.#places.take(signal).catch(() => null);
    if (!leave) return null;
    const box = await this.#pool.lease();
    if (!box) {
      leave();
      return null;
    }
    // Its place is free when it is really gone: a process that ends still has its memory.
    void box.gone.then(leave);
    return use(box);
  }
}

async function lookInBox(box: Box, task: string): Promise<PythonCode | null> {
  const timer = setTimeout(() => box.kill(), lookMs);
  try {
    const end = await new Promise<string | null>((resolve) => {
      box.onSaid = (said) => resolve(said.is === 'end' ? said.end : null);
      void box.gone.then(() => resolve(null));
      void box.send({ do: 'look', task });
    });
    if (end !== null) return codeSeen.parse(JSON.parse(end));
    return { ...unreadable, problems: [{ line: 1, message: 'The code is too long or nested too deep to be read' }] };
  } finally {
    clearTimeout(timer);
    box.kill();
  }
}

const unreadable = { imports: [], refusedModules: [], hasMain: false, parameters: [], takesOthers: false };
