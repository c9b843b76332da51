import { folderSize } from './folder-size.js';
import { readUsage } from './usage.js';

/** What a run may take. */
export interface RunLimits {
  /** Of its heap; its process as a whole may take `overheadMb` more. */
  memoryMb: number;
  /** Processor time; null for no limit. */
  cpuMs: number | null;
  /** What may lie in its output folder. */
  outputBytes: number;
}

/** What a process may take beside its heap: Node.js itself, buffers, code, stacks. */
export const overheadMb = 256;

/** How many files a run may leave. */
export const mostOutputFiles = 100;

const everyMs = 1_000;
const megabyte = 1024 * 1024;

/** Looks every second at what a run takes, and calls `exceeded` once, with the reason, when it is too much. Returns how to stop. */
export function watchLimits(pid: number, folder: string | null, limits: RunLimits, exceeded: (reason: string) => void): () => void {
  let timer: NodeJS.Timeout;
  let isOver = false;
  const look = async (): Promise<void> => {
    const reason = (await tooMuchOf(pid, limits)) ?? (folder === null ? null : await tooMuchIn(folder, limits));
    if (isOver) return;
    if (reason !== null) return exceeded(reason);
    timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function tooMuchOf(pid: number, { memoryMb, cpuMs }: RunLimits): Promise<string | null> {
  const usage = await readUsage(pid);
  if (!usage) return null;
  const usedMb = Math.ceil(usage.residentBytes / megabyte);
  if (usedMb > memoryMb + overheadMb)
    return `The run took ${usedMb} MiB of memory; it may take ${memoryMb} MiB of heap and ${overheadMb} MiB beside it`;
  if (cpuMs !== null && usage.cpuMs > cpuMs) return `The run used more than ${cpuMs} ms of processor time`;
  return null;
}

async function tooMuchIn(folder: string, { outputBytes }: RunLimits): Promise<string | null> {
  const { entries, bytes } = await folderSize(folder, mostOutputFiles);
  if (entries > mostOutputFiles) return `The run wrote more than ${mostOutputFiles} files`;
  return bytes > outputBytes ? `The run wrote more than ${outputBytes} bytes of files` : null;
}
