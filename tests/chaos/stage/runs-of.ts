import { readdirSync, readFileSync } from 'node:fs';

/** The processes in which a worker carries out its runs, as Linux tells them. */
export function runsOf(workerPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunOf(pid, workerPid));
}

function isRunOf(pid: number, parent: number): boolean {
  try {
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(ppid) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('child/main.js');
  } catch {
    return false;
  }
}
