import { join } from 'node:path';
import type { Logger } from '#core/log/logger.js';
import { CodeInspector, PythonRunner, PythonSandbox } from '#domains/tools/index.js';

/** Where the sandbox keeps what it needs, and how many runs there may be at once. */
export interface SandboxPlace {
  dataDir: string;
  mostAtOnce: number;
  log: Logger;
}

/** What looks at Python code, and what runs it. */
export interface PythonTools {
  inspector: CodeInspector;
  runner: PythonRunner;
}

/** Makes what looks at Python code and what runs it, with one sandbox, which opens when it is first needed; `stops` gets how to stop it. */
export function openSandbox({ dataDir, mostAtOnce, log }: SandboxPlace, stops: (() => Promise<void>)[]): PythonTools {
  let opened: Promise<PythonSandbox> | null = null;
  const open = (): Promise<PythonSandbox> =>
    (opened ??= PythonSandbox.open({ log, folder: join(dataDir, 'python'), mostAtOnce }).catch((error: unknown) => {
      opened = null;
      throw error;
    }));
  stops.push(async () => (await opened)?.stop());
  return {
    inspector: new CodeInspector(async (code) => (await open()).inspect(code)),
    runner: new PythonRunner(
      async (run) => (await open()).run(run),
      async () => (await open()).inspect(''),
    ),
  };
}
