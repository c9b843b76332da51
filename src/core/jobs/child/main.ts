// The process that carries out one run: it imports a module of a toolkit, does what it was started for, mostly to run one
// operation, and writes what happens to file descriptor 3. Only syntax that Node.js can strip, because tests run it from source.
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { ChildMessage, LogEntry, Progress, RunTask, StartMessage } from './protocol.ts';

type Run = (run: object) => unknown;

const longestText = 16_384;
// As run-child.ts has it: it does not read longer lines.
const longestMessage = 4 * 1024 * 1024;

const out = createWriteStream('', { fd: 3 });
const send = (message: ChildMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    const line = JSON.stringify(message);
    if (line.length > longestMessage) throw new Error(`The ${message.is} has more than ${longestMessage} characters of JSON`);
    out.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
const failure = (error: unknown): ChildMessage => ({
  is: 'error',
  message: error instanceof Error ? error.message : String(error),
  ...(error instanceof Error && error.stack && { stack: error.stack }),
});

const controller = new AbortController();
const input = createInterface({ input: process.stdin });
// The pipe closes when the parent dies; a run that gives no turn back is ended by the parent's watchdog.
input.on('close', () => process.exit(1));
const start = await new Promise<StartMessage>((resolve) => {
  input.on('line', (line) => {
    if (line === 'cancel') controller.abort(new Error('The run was cancelled'));
    else resolve(JSON.parse(line) as StartMessage);
  });
});

async function exported(name: string, what: string): Promise<(argument: unknown) => unknown> {
  const module = (await import(pathToFileURL(start.module).href)) as Record<string, (argument: unknown) => unknown>;
  const found = module[name];
  if (typeof found !== 'function') throw new Error(`${what} exports no function ${name}`);
  return found;
}

async function registered(name: string): Promise<Map<string, Run>> {
  const operations = new Map<string, Run>();
  const register = await exported(name, 'The worker module');
  await register({ operation: (operation: string, run: Run) => operations.set(operation, run) });
  return operations;
}

async function runOperation({ register, operation: name, parameters, settings, files, output }: RunTask): Promise<unknown> {
  const operation = (await registered(register)).get(name);
  if (!operation) throw new Error(`The worker module registers no operation ${name}`);
  return operation({
    parameters,
    settings,
    files,
    output,
    signal: controller.signal,
    progress: (progress: Progress) => send({ ...progress, is: 'progress' }),
    log: (level: LogEntry['level'], text: string, fields?: unknown) =>
      send({ is: 'log', level, text: String(text).slice(0, longestText), fields }),
  });
}

async function carryOut(): Promise<unknown> {
  if (start.task === 'describe') return [...(await registered(start.register)).keys()];
  if (start.task === 'call') return (await exported(start.function, 'The module'))(start.argument);
  return runOperation(start);
}

async function perform(): Promise<ChildMessage> {
  try {
    return { is: 'result', result: (await carryOut()) ?? null };
  } catch (error) {
    // Where a run was stopped is no fault of its own that somebody has to find.
    return controller.signal.aborted ? { is: 'error', message: 'The run was stopped' } : failure(error);
  }
}

// Ending the process would cut off what its pipes could not take yet.
const drained = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => stream.write('', () => resolve()));

await send(await perform()).catch((error: unknown) => send(failure(error)));
await Promise.all([drained(process.stdout), drained(process.stderr)]);
out.end(() => process.exit(0));
