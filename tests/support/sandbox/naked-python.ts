import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Python without a sandbox. */
export interface NakedPython {
  run(code: string, parameters: object): Promise<unknown>;
  close(): void;
}

/** Starts Python without a sandbox, in a process that may do everything. */
export function startNakedPython(): NakedPython {
  const file = fileURLToPath(new URL('./naked-python.mjs', import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(code, parameters) {
      child.stdin.write(`${JSON.stringify({ code, parameters })}\n`);
      return JSON.parse((await lines.next()).value as string) as unknown;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
