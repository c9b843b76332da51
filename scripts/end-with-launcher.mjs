import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAlive } from './project.mjs';

/**
 * Ends this process in order, as SIGTERM does, when the npm that runs it is gone. npm passes a signal to its shell only, and most
 * shells die of it without passing it on, so that `kill` on `npm start` would otherwise leave the server running.
 */
export function endWithLauncher() {
  const script = process.env.npm_lifecycle_script;
  if (script === undefined) return;
  const shell = process.ppid;
  // Where the shell replaced itself by this process, the parent is npm already.
  const npm = commandLine(shell).includes(script) ? parentOf(shell) : shell;
  const watch = setInterval(() => {
    if (process.ppid === shell && isAlive(npm)) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

const ps = (field, pid) => execFileSync('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();

function commandLine(pid) {
  try {
    return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ps('args', pid);
  } catch {
    return '';
  }
}

function parentOf(pid) {
  const ppid = process.platform === 'linux' ? /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] : ps('ppid', pid);
  return Number(ppid);
}
