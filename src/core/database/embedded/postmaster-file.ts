import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderMark } from './cluster-address.js';

/** What PostgreSQL's own `postmaster.pid` says; `isRunning` tells whether that process really is a server of this folder. */
export interface PostmasterFile {
  pid: number;
  port: number;
  isRunning: boolean;
}

/** Reads `postmaster.pid` of a database folder, which outlives its server when that was killed; undefined when there is none. */
export function readPostmasterFile(clusterDir: string): PostmasterFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number.parseInt(lines[0] ?? '', 10) || 0;
  const port = Number.parseInt(lines[3] ?? '', 10) || 0;
  return { pid, port, isRunning: pid > 0 && isAlive(pid) && commandLine(pid).includes(` ${folderMark(clusterDir)} `) };
}

/** Tells whether a process of this id exists, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// The number alone proves nothing: after a crash it may belong to any other program.
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
