// The process that runs the code of one tool, once, in Python. It is given nothing but file descriptors: orders come on standard
// input, messages go to 3, a snapshot is 4. Only syntax that Node.js can strip, because tests run it from source.
import fs from 'node:fs';
import net from 'node:net';
import { pathToFileURL } from 'node:url';
import type { PyodideAPI, PyodideConfig } from 'pyodide';
import type { PyCallable } from 'pyodide/ffi';
import { lockRealm } from '#domains/tools/sandbox/box/lock-realm.js';
import { MemoryClamp } from '#domains/tools/sandbox/box/memory-clamp.js';
import { prelude } from '#domains/tools/sandbox/box/prelude.js';
import type { BoxMessage, BoxOrder } from '#domains/tools/sandbox/box/protocol.js';

type Load = (config: PyodideConfig) => Promise<PyodideAPI>;
type Signalbox = { start: PyCallable; run(task: string): Promise<string>; look(task: string): string };

const longestLine = 16_384;
// They are taken now: later nothing of this is to be had.
const { writeSync, readFileSync, constants } = fs;
const { exit } = process;
const { stringify, parse } = JSON;
const clamp = new MemoryClamp();
const open = new Map<number, (answer: string) => void>();
let signalbox: Signalbox;
let asked = 0;

function send(message: BoxMessage): void {
  const bytes = Buffer.from(`${stringify(message)}\n`);
  for (let from = 0; from < bytes.length;) from += writeSync(3, bytes, from);
}

function ask(kind: 'secret' | 'fetch', request: string): Promise<string> {
  const id = (asked += 1);
  return new Promise((resolve) => {
    open.set(id, resolve);
    send({ is: 'ask', id, kind, request });
  });
}

/** Sends what is printed, line by line, in pieces where a line is long; the last line is sent without its end too. */
function printer(stream: 'stdout' | 'stderr'): { write(bytes: Uint8Array): number; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  const print = (text: string, goesOn = false): void => {
    for (let from = 0; from === 0 || from < text.length; from += longestLine)
      send({ is: 'print', stream, text: text.slice(from, from + longestLine), goesOn: goesOn || from + longestLine < text.length });
  };
  return {
    write(bytes) {
      const texts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = texts.pop()!;
      for (const text of texts) print(text);
      const whole = rest.length - (rest.length % longestLine);
      if (whole > 0) print(rest.slice(0, whole), true);
      rest = rest.slice(whole);
      return bytes.length;
    },
    end() {
      if (rest) print(rest);
      rest = '';
    },
  };
}

const printers = [printer('stdout'), printer('stderr')] as const;

async function loadPython(folder: string, more: PyodideConfig): Promise<PyodideAPI> {
  // Without permissions Node.js refuses what Pyodide looks up these numbers with.
  Object.assign(process, {
    binding(name: string) {
      if (name !== 'constants') throw new Error('There is no such binding');
      return { fs: constants };
    },
  });
  const { loadPyodide } = (await import(pathToFileURL(`${folder}/pyodide.mjs`).href)) as { loadPyodide: Load };
  // Nothing of this JavaScript is shown to Python but what it needs to wait.
  const jsglobals = { setTimeout, clearTimeout };
  return loadPyodide({ indexURL: `${folder}/`, packageCacheDir: '/nowhere/', jsglobals, ...more });
}

async function load({ pyodide: folder, hasSnapshot }: Extract<BoxOrder, { do: 'load' }>): Promise<void> {
  const pyodide = await loadPython(folder, hasSnapshot ? { _loadSnapshot: new Uint8Array(readFileSync(4)) } : {});
  if (!hasSnapshot) pyodide.runPython(prelude);
  pyodide.setStdout({ write: printers[0].write, isatty: false });
  pyodide.setStderr({ write: printers[1].write, isatty: false });
  pyodide.setStdin({ error: true });
  // The source of random numbers is a module of Node.js, looked for at the first use.
  pyodide.runPython('import os; os.urandom(1); del os');
  signalbox = pyodide.globals.get('_signalbox') as Signalbox;
  pyodide.globals.delete('_signalbox');
  const progress = (text: string): void => send({ is: 'progress', progress: text });
  signalbox.start(ask, progress);
  lockRealm();
  send({ is: 'ready' });
}

async function makeSnapshot(folder: string): Promise<void> {
  const pyodide = await loadPython(folder, { _makeSnapshot: true });
  pyodide.runPython(prelude);
  const bytes = (pyodide as unknown as { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot();
  for (let from = 0; from < bytes.length;) from += writeSync(4, bytes, from);
  send({ is: 'snapshot' });
}

async function run(task: string, memoryPages: number): Promise<void> {
  clamp.mostPages = memoryPages;
  const end = await signalbox.run(task);
  for (const each of printers) each.end();
  send({ is: 'end', end });
}

function probe(port: number): void {
  const socket = net.connect({ port, host: '127.0.0.1' });
  const tell = (hasNetwork: boolean): void => send({ is: 'probed', hasNetwork, uid: process.getuid?.() ?? -1 });
  socket.once('connect', () => tell(true));
  socket.once('error', () => tell(false));
}

async function follow(order: BoxOrder): Promise<void> {
  if (order.do === 'probe') return probe(order.port);
  if (order.do === 'load') return load(order);
  if (order.do === 'snapshot') return makeSnapshot(order.pyodide);
  if (order.do === 'run') return run(order.task, order.memoryPages);
  if (order.do === 'look') return send({ is: 'end', end: signalbox.look(order.task) });
  open.get(order.id)?.(order.answer);
  open.delete(order.id);
}

function broken(error: unknown): void {
  // What is left of this process is not worth a look; the parent sees it end.
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  exit(70);
}

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  const texts = (input + chunk).split('\n');
  input = texts.pop()!;
  for (const text of texts) void follow(parse(text) as BoxOrder).catch(broken);
});
// The parent has let go of it, or is gone.
process.stdin.on('end', () => exit(0));
process.on('uncaughtException', broken);
process.on('unhandledRejection', broken);
