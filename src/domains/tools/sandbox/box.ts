import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { lines } from '#core/jobs/lines.js';
import { watchChild } from '#core/jobs/watch-child.js';
import type { BoxOrder } from './box/protocol.js';
import { boxMessage } from './box-message.js';
import type { Isolation } from './isolation.js';

/** What a box said, in a form that it may have. */
export type BoxSaid = z.infer<typeof boxMessage>;

/** How to start a box. */
export interface BoxOptions {
  isolation: Isolation;
  /** The most that Python may have in it; the operating system ends a process that takes much more. */
  mostMemoryBytes: number;
  /** File that it gets as descriptor 4: a snapshot to read, or the file to write one to. */
  file?: number | undefined;
}

const mebibyte = 1024 * 1024;
// Node.js, its code and what it reserves, beside the memory of Python.
const ownBytes = 900 * mebibyte;
const heapMb = 192;
const mostOpenFiles = 64;
const longestLine = 4 * mebibyte;
const floodBytes = 64 * mebibyte;
const keptErrors = 4_096;
const here = fileURLToPath(import.meta.url);
const isSource = here.endsWith('.ts');
const boxFolder = join(dirname(here), 'box');
const projectRoot = here.slice(0, here.lastIndexOf(join('src', 'domains', 'tools')));
const packages = [join(projectRoot, 'package.json'), join(projectRoot, '..', 'package.json')];

const require = createRequire(import.meta.url);

/** The folder with Pyodide's files. */
export const pyodideFolder = dirname(require.resolve('pyodide/package.json'));

/** The version of Pyodide. */
export const { version: pyodideVersion } = require('pyodide/package.json') as { version: string };

/** A process that runs the code of one tool and is used for nothing else. What it says is untrusted. */
export class Box {
  /** Resolves when the process is gone, with what it wrote to standard error at last. */
  readonly gone: Promise<string>;
  /** Told each message; it may change with what the box is used for. */
  onSaid: (said: BoxSaid) => void = () => {};
  /** Set when the box is ended because of what it said. */
  fault: 'FLOOD' | 'GIBBERISH' | null = null;
  readonly #child: ChildProcess;

  constructor({ isolation, mostMemoryBytes, file }: BoxOptions) {
    const dataKib = Math.ceil((mostMemoryBytes + ownBytes) / 1024);
    const bounds = `ulimit -c 0; ulimit -n ${mostOpenFiles}; ulimit -d ${dataKib}`;
    this.#child = spawn(
      '/bin/sh',
      ['-c', `{ ${bounds}; } 2>/dev/null; exec /usr/bin/env -i TZ=UTC LANG=C.UTF-8 "$@"`, 'sh', ...isolation.prefix, ...node()],
      // An own process group: it is ended as a whole, and Ctrl-C in the terminal is for the server.
      { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'ignore', 'pipe', 'pipe', file ?? 'ignore'] },
    );
    if (this.#child.pid !== undefined) watchChild(this.#child);
    this.#child.stdin!.on('error', () => {});
    this.gone = this.#follow();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the process has taken it, or is gone. */
  send(order: BoxOrder): Promise<void> {
    return new Promise((resolve) => this.#child.stdin!.write(`${JSON.stringify(order)}\n`, () => resolve()));
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  async #follow(): Promise<string> {
    const ended = new Promise<void>((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('close', () => resolve());
    });
    let errors = '';
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-keptErrors)));
    await this.#listen(this.#child.stdio[3] as Readable).catch(() => {
      this.fault ??= 'GIBBERISH';
    });
    this.kill();
    await ended;
    return errors;
  }

  async #listen(pipe: Readable): Promise<void> {
    let size = 0;
    for await (const line of lines(pipe, longestLine)) {
      size += line.length;
      if (size > floodBytes) this.fault = 'FLOOD';
      if (this.fault) return;
      this.onSaid(boxMessage.parse(JSON.parse(line)));
    }
  }
}

function node(): string[] {
  return [
    process.execPath,
    '--permission',
    ...[boxFolder, pyodideFolder, ...packages].map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${heapMb}`,
    '--disable-warning=ExperimentalWarning',
    ...(isSource ? ['--conditions=signalbox'] : []),
    join(boxFolder, isSource ? 'main.ts' : 'main.js'),
  ];
}
