import { spawn } from 'node:child_process';
import { root } from './project.mjs';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program until it ends and returns its code, its signal, and its output when `capture` is set; `onSpawn` is given the
 * running child. A signal to this process is passed on, and this process waits: the terminal sends Ctrl-C to both, `kill` to one.
 */
export function runChild(command, args, { capture = false, onSpawn, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options });
    const output = [];
    let interruptedBy;
    const listeners = passedOn.map((signal) => {
      const passOn = () => {
        interruptedBy ??= signal;
        child.kill(signal);
      };
      process.on(signal, passOn);
      return () => process.off(signal, passOn);
    });
    const stopListening = () => listeners.forEach((stop) => stop());
    if (capture) for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.once('error', (error) => {
      stopListening();
      reject(error);
    });
    child.once('close', (code, signal) => {
      stopListening();
      resolve({ code, signal, interruptedBy, output: Buffer.concat(output).toString() });
    });
    onSpawn?.(child);
  });
}

/** Ends this process the way a child ended. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.exitCode = 1;
  process.kill(process.pid, signal);
}
