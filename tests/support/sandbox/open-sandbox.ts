import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#core/log/logger.js';
import type { PythonEnd, PythonProgress, PythonRun } from '#domains/tools/sandbox/python-run.js';
import { PythonSandbox, type PythonSandboxOptions } from '#domains/tools/sandbox/python-sandbox.js';

/** What a run told, and how it ended. */
export interface Ran {
  end: PythonEnd;
  lines: [stream: string, text: string][];
  progress: PythonProgress[];
  secretsAsked: string[];
}

/** A sandbox, and a short way to run code in it. */
export interface TestSandbox {
  sandbox: PythonSandbox;
  run(code: string, run?: Partial<PythonRun>): Promise<Ran>;
}

// Shared by the test files and kept between runs of the tests: to make a snapshot takes as long as some tests.
const folder = join(tmpdir(), `signalbox-tests-python-${process.getuid?.() ?? 0}`);

/** Opens a sandbox for tests. */
export async function openSandbox(options: Partial<PythonSandboxOptions> = {}): Promise<TestSandbox> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sandbox = await PythonSandbox.open({ log: createLogger('silent'), folder, poolSize: 2, ...options });
  return { sandbox, run: (code, run = {}) => runCode(sandbox, code, run) };
}

async function runCode(sandbox: PythonSandbox, code: string, run: Partial<PythonRun>): Promise<Ran> {
  const ran: Omit<Ran, 'end'> = { lines: [], progress: [], secretsAsked: [] };
  const end = await sandbox.run({
    code,
    parameters: {},
    allowedModules: [],
    timeoutMs: 20_000,
    memoryBytes: 256 * 1024 * 1024,
    signal: new AbortController().signal,
    onLine: (stream, text) => ran.lines.push([stream, text]),
    onProgress: (progress) => ran.progress.push(progress),
    async readSecret(name) {
      ran.secretsAsked.push(name);
      return null;
    },
    fetch: () => Promise.reject(new Error('nothing is asked here')),
    ...run,
  });
  return { ...ran, end };
}

/** The result of a run; throws its error when it has none. */
export function resultOf({ end }: Ran): unknown {
  if ('kind' in end) throw new Error(`${end.kind}: ${end.error}`);
  return end.result;
}
