import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Registers the operations of this toolkit. */
export function register(toolkit) {
  toolkit.operation('count', count);
  toolkit.operation('fail', fail);
}

async function count({ parameters: { lines, pauseMs = 0 }, files: { gate }, log, signal }) {
  for (let line = 1; line <= lines; line += 1) {
    await log('INFO', `line ${line}`);
    if (pauseMs > 0) await pause(pauseMs, null, { signal });
    while (line === lines / 2 && readFileSync(gate.path, 'utf8') !== 'go') await pause(10, null, { signal });
  }
  return { lines };
}

function fail() {
  process.stdout.write('nearly\n');
  throw new Error('no luck');
}
