import { spawn } from 'node:child_process';
import { root } from './project.mjs';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program until it ends and returns its code, its signal and, when asked to capture it, its output. A signal to this
 * process is passed on, and this process waits for the child: the terminal sends Ctrl-C to both, `kill` only to one.
 */
export function runChild(command, args, { capture = false, stdio = capture ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio });
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
    if (capture) for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    const stopListening = () => listeners.forEach((stop) => stop());
    child.once('error', (error) => {
      stopListening();
      reject(error);
    });
    child.once('close', (code, signal) => {
      stopListening();
      resolve({ code, signal, interruptedBy, output: Buffer.concat(output).toString() });
    });
  });
}

/** Ends this process the way a child ended. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.kill(process.pid, signal);
  // A signal that does not end this process, such as SIGUSR1 on its way to the debugger, must not leave it hanging.
  process.exitCode = 1;
}
