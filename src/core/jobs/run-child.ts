import { spawn, type ChildProcess } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, LogEntry, Progress, StartMessage } from './child/protocol.js';
import { lines } from './lines.js';
import { watchChild } from './watch-child.js';
import { watchLimits, type RunLimits } from './watch-limits.js';

/** What to run. */
export type RunRequest = StartMessage & {
  /** Folder of the module: with the files and its output, all that the run may read. */
  folder: string;
  limits: RunLimits;
  /** How long it may go on after it was told to stop, in milliseconds. */
  graceMs?: number;
};

/** Where a run's output goes; it reads on only when the promise is kept, so that a chatty run waits. */
export interface RunOutput {
  progress(progress: Progress): Promise<void>;
  log(entry: LogEntry): Promise<void>;
  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void>;
}

const longestLine = 16 * 1024;
const longestMessage = 4 * 1024 * 1024;
const usualGraceMs = 5_000;
const mostOpenFiles = 1_024;
// Set by a shell that then becomes the process of the run: as many files as that, and no dump of its memory when it dies.
const bounds = `ulimit -n ${mostOpenFiles} 2>/dev/null; ulimit -c 0 2>/dev/null`;
// Shells add variables of their own.
const become = 'exec /usr/bin/env -i TZ=UTC LANG=C.UTF-8 "$0" "$@"';
const here = fileURLToPath(import.meta.url);
const childFolder = join(dirname(here), 'child');
const childMain = join(childFolder, here.endsWith('.ts') ? 'main.ts' : 'main.js');
const projectRoot = here.slice(0, here.lastIndexOf(join('src', 'core', 'jobs')));

/**
 * Carries out an operation, or what else a module is needed for, in a process of its own: clean environment, Node's permission model, limited in what it takes of the
 * machine. Resolves with the result; rejects when the operation fails, when the process dies or takes too much, and with the signal's
 * reason when it is aborted.
 */
export async function runChild(request: RunRequest, told: RunOutput, signal: AbortSignal): Promise<unknown> {
  const { folder, limits, graceMs = usualGraceMs, ...start } = request;
  const output = start.task === 'run' ? start.output.folder : null;
  const files = start.task === 'run' ? Object.values(start.files) : [];
  const readable = [
    childFolder,
    join(projectRoot, 'package.json'),
    join(projectRoot, '..', 'package.json'),
    folder,
    ...(output === null ? [] : [output]),
    ...files.map(({ path }) => path),
  ];
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `${bounds}; ${become}`,
      process.execPath,
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      ...(output === null ? [] : [`--allow-fs-write=${output}`]),
      `--max-old-space-size=${limits.memoryMb}`,
      '--disable-warning=ExperimentalWarning',
      childMain,
    ],
    // An own process group: Ctrl-C in the terminal is for the server, which then decides about its runs.
    { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
  );
  const stops = [cancelOn(signal, child, graceMs)];
  let tooMuch: string | null = null;
  try {
    const exit = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, killedBy) => resolve(endingOf(code, killedBy, limits.memoryMb)));
    });
    if (child.pid !== undefined) {
      watchChild(child);
      yieldToOthers(child.pid);
      const kill = (reason: string): void => {
        tooMuch = reason;
        child.kill('SIGKILL');
      };
      stops.push(watchLimits(child.pid, output, limits, kill));
    }
    child.stdin!.on('error', () => {});
    child.stdin!.write(`${JSON.stringify(start)}\n`);
    const [ending, how] = await Promise.all([
      follow(child.stdio[3] as Readable, told),
      exit,
      print(child.stdout!, 'STDOUT', told),
      print(child.stderr!, 'STDERR', told),
    ]);
    signal.throwIfAborted();
    if (tooMuch !== null) throw new Error(tooMuch);
    if (ending?.is === 'result') return ending.result;
    throw new Error(ending?.is === 'error' ? ending.message : `The process of the operation ${how} before the operation was done`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}

// V8 ends a process whose heap is full by one of these.
const ownEnds = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL']);

function endingOf(code: number | null, killedBy: NodeJS.Signals | null, memoryMb: number): string {
  if (killedBy === null) return `ended with exit code ${code}`;
  return ownEnds.has(killedBy)
    ? `was killed by ${killedBy}, as one whose heap of ${memoryMb} MiB (memoryMb) is full,`
    : `was killed by ${killedBy}`;
}

// The API of the same process, and the database beside it, come before what runs.
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // It has ended already.
  }
}

function cancelOn(signal: AbortSignal, child: ChildProcess, graceMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.stdin!.write('cancel\n');
    timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  };
}

async function follow(stream: Readable, output: RunOutput): Promise<ChildMessage | null> {
  let ending: ChildMessage | null = null;
  for await (const line of lines(stream, longestMessage)) {
    const message = JSON.parse(line) as ChildMessage;
    if (message.is === 'progress') await output.progress(message);
    else if (message.is === 'log') await output.log(message);
    else ending = message;
    if (message.is === 'error' && message.stack) await output.log({ level: 'ERROR', text: message.stack });
  }
  return ending;
}

async function print(stream: Readable, name: 'STDOUT' | 'STDERR', output: RunOutput): Promise<void> {
  for await (const line of lines(stream, longestLine)) await output.print(name, line);
}
