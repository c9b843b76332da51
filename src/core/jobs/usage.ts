import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What a process takes of its machine: memory that it really holds, and processor time. */
export interface Usage {
  residentBytes: number;
  cpuMs: number;
}

// What Linux counts processor time in for programs, on every machine.
const ticksPerSecond = 100;

/** What a process takes right now; null when it is gone. */
export async function readUsage(pid: number): Promise<Usage | null> {
  try {
    return process.platform === 'linux' ? await fromProc(pid) : fromPs((await promisify(execFile)('ps', psArguments(pid))).stdout);
  } catch {
    return null;
  }
}

async function fromProc(pid: number): Promise<Usage | null> {
  const [status, stat] = await Promise.all(['status', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')));
  const resident = /^VmRSS:\s*(\d+) kB$/m.exec(status!);
  // A process that has ended and was not waited for yet has no memory.
  if (!resident) return null;
  // The name of the program may hold anything, but its end is the last bracket.
  const fields = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { residentBytes: Number(resident[1]) * 1024, cpuMs: (ticks * 1000) / ticksPerSecond };
}

const psArguments = (pid: number): string[] => ['-o', 'rss=', '-o', 'time=', '-p', String(pid)];

/** Reads what `ps -o rss= -o time=` prints: kilobytes and `[[days-]hours:]minutes:seconds`. */
export function fromPs(printed: string): Usage | null {
  const found = /^\s*(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(printed);
  if (!found) return null;
  const [kilobytes, days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((text) => Number(text ?? 0));
  return { residentBytes: kilobytes! * 1024, cpuMs: Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000) };
}
