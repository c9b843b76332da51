import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const established = '01';

/** The local ports of a process's connections to a port of this machine, as Linux tells them. */
export function connectionsOf(pid: number, port: number): number[] {
  const inodes = new Set(filesOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = [...rowsOf('/proc/net/tcp'), ...rowsOf('/proc/net/tcp6')];
  return rows
    .filter(([, , to, state, , , , , , inode]) => to!.endsWith(remote) && state === established && inodes.has(inode!))
    .map(([, from]) => Number.parseInt(from!.slice(from!.indexOf(':') + 1), 16));
}

/** What the open files of a process are. */
export function filesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

function rowsOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}
