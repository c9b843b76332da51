import { join } from 'node:path';
import type { CallTask, DescribeTask } from '#core/jobs/child/protocol.js';
import { runChild } from '#core/jobs/run-child.js';
import { withoutPaths } from './without-paths.js';

const mostPrintedBytes = 64 * 1024;
const memoryMb = 128;

/** A module of a toolkit, what is wanted of it, and how long that may take. */
export interface ModuleRequest {
  folder: string;
  file: string;
  task: DescribeTask | CallTask;
  timeoutMs: number;
}

/**
 * Imports a module of a toolkit in a process of its own, which may read the toolkit's folder and write nothing, and returns what it
 * answers; throws, in one line without a path of this machine, when it fails, takes too long or prints too much.
 */
export async function loadModule({ folder, file, task, timeoutMs }: ModuleRequest): Promise<unknown> {
  const controller = new AbortController();
  const tooLong = `it took longer than ${timeoutMs} ms`;
  const timer = setTimeout(() => controller.abort(new Error(tooLong)), timeoutMs);
  let printedBytes = 0;
  const print = async (_stream: string, text: string): Promise<void> => {
    printedBytes += Buffer.byteLength(text) + 1;
    if (printedBytes > mostPrintedBytes) throw new Error(`it printed more than ${mostPrintedBytes} bytes`);
  };
  const limits = { memoryMb, cpuMs: timeoutMs, outputBytes: 0 };
  const told = { print, progress: async () => {}, log: async () => {} };
  try {
    return await runChild({ ...task, module: join(folder, file), folder, limits, graceMs: 0 }, told, controller.signal);
  } catch (error) {
    throw new Error(withoutPaths(error instanceof Error ? error.message : String(error), folder), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
