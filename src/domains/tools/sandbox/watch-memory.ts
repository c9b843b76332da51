import { readFile } from 'node:fs/promises';
import { readUsage } from '#core/jobs/usage.js';

const everyMs = 200;
const mebibyte = 1024 * 1024;
// Node.js, its code and Python's, beside Python's memory.
const ownBytes = 400 * mebibyte;

/** Looks at what a process really holds and calls when that is more than Python may have; returns what stops looking. */
export function watchMemory(pid: number, memoryBytes: number, tooMuch: () => void): () => void {
  let isOver = false;
  const look = async (): Promise<void> => {
    const usage = await readUsage(await innermost(pid));
    if (!isOver && usage && usage.residentBytes > memoryBytes + ownBytes) tooMuch();
    if (!isOver) timer = setTimeout(() => void look(), everyMs);
  };
  let timer = setTimeout(() => void look(), everyMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

// With a process table of its own it is a child of the process that was started.
async function innermost(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const [child] = children.trim().split(' ');
  return child ? Number(child) : pid;
}
