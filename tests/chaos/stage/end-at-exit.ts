import type { ChildProcess } from 'node:child_process';

/** Kills a child when this process ends before it, however that comes; returns how to forget the child. */
export function endAtExit(child: ChildProcess): () => void {
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  return () => void process.off('exit', end);
}
