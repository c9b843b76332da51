import { openSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Takes 32 MiB after another outside of the heap. */
export async function hoard({ progress }) {
  await progress({ status: 'hoarding', payload: { pid: process.pid } });
  const hoarded = [];
  for (;;) {
    hoarded.push(Buffer.alloc(32 * 1024 * 1024, hoarded.length + 1));
    await pause(50);
  }
}

/** Computes and never gives a turn back. */
export async function burn({ progress }) {
  await progress({ status: 'burning', payload: { pid: process.pid } });
  for (;;);
}

/** Opens a file until that is refused. */
export function open() {
  for (let opened = 0; ; opened++) {
    try {
      openSync(join(import.meta.dirname, 'toolkit.json'));
    } catch (error) {
      return { opened, code: error.code, priority: getPriority() };
    }
  }
}
