import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, LogEntry, Progress, StartMessage } from './child/protocol.js';
import { lines } from './lines.js';
import { watchChild } from './watch-child.js';

/** What to run. */
export interface RunRequest extends StartMessage {
  /** Folder of the module: with the files, all that the run may read. */
  folder: string;
  memoryMb: number;
}

/** Where a run's output goes; it reads on only when the promise is kept, so that a chatty run waits. */
export interface RunOutput {
  progress(progress: Progress): Promise<void>;
  log(entry: LogEntry): Promise<void>;
  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void>;
}

const longestLine = 16 * 1024;
const longestMessage = 4 * 1024 * 1024;
const graceMs = 5_000;
const here = fileURLToPath(import.meta.url);
const childFolder = join(dirname(here), 'child');
const childMain = join(childFolder, here.endsWith('.ts') ? 'main.ts' : 'main.js');
const projectRoot = here.slice(0, here.lastIndexOf(join('src', 'core', 'jobs')));

/**
 * Carries out an operation in a process of its own: clean environment, Node's permission model, limited memory. Resolves with the
 * result; rejects when the operation fails, when the process dies, and with the signal's reason when it is aborted.
 */
export async function runChild(request: RunRequest, output: RunOutput, signal: AbortSignal): Promise<unknown> {
  const { folder, memoryMb, ...start } = request;
  const readable = [
    childFolder,
    join(projectRoot, 'package.json'),
    join(projectRoot, '..', 'package.json'),
    folder,
    ...Object.values(start.files).map(({ path }) => path),
  ];
  const child = spawn(
    process.execPath,
    [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${memoryMb}`,
      '--disable-warning=ExperimentalWarning',
      childMain,
    ],
    // An own process group: Ctrl-C in the terminal is for the server, which then decides about its runs.
    { cwd: '/', env: { TZ: 'UTC', LANG: 'C.UTF-8' }, detached: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
  );
  const stop = cancelOn(signal, child);
  try {
    const exit = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, killedBy) => resolve(killedBy ? `was killed by ${killedBy}` : `ended with exit code ${code}`));
    });
    if (child.pid !== undefined) watchChild(child);
    child.stdin!.on('error', () => {});
    child.stdin!.write(`${JSON.stringify(start)}\n`);
    const [ending, how] = await Promise.all([
      follow(child.stdio[3] as Readable, output),
      exit,
      print(child.stdout!, 'STDOUT', output),
      print(child.stderr!, 'STDERR', output),
    ]);
    signal.throwIfAborted();
    if (ending?.is === 'result') return ending.result;
    throw new Error(ending?.is === 'error' ? ending.message : `The process of the operation ${how} before the operation was done`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    stop();
  }
}

function cancelOn(signal: AbortSignal, child: ChildProcess): () => void {
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
