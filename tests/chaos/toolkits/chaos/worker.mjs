import { setTimeout as pause } from 'node:timers/promises';

/** Registers the operations of this toolkit. */
export function register(toolkit) {
  toolkit.operation('count', count);
}

async function count({ parameters, progress, log, signal }) {
  const { lines, pauseMs = 0, burst = 1, width = 0, failChance = 0 } = parameters;
  const filling = width > 0 ? ` ${'.'.repeat(width)}` : '';
  for (let i = 1; i <= lines; i++) {
    process.stdout.write(`out ${i}${filling}\n`);
    process.stderr.write(`err ${i}${filling}\n`);
    await log('INFO', `log ${i}${filling}`, { i });
    await progress({ status: 'counting', message: `step ${i}`, progress: (i / lines) * 100, payload: { i } });
    if (i % burst > 0) continue;
    signal.throwIfAborted();
    if (Math.random() < failChance) throw new Error('chaos: this attempt fails on purpose');
    if (pauseMs > 0) await pause(Math.random() * pauseMs, null, { signal });
  }
  return { lines };
}
