// npm run bench -- sandbox: how long a trivial Python tool takes in a process that waits, and without one that does.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../dist/src/core/log/logger.js';
import { PythonSandbox } from '../../dist/src/domains/tools/sandbox/python-sandbox.js';
import { markdownTable, rounded } from '../markdown.mjs';
import { quantile } from '../quantile.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 20);
// Until the next process has surely loaded Python; a busy machine needs more.
const pauseMs = Number(process.env.BENCH_PAUSE_MS ?? 3_000);
const code = 'async def main(x):\n    return x + 1';
const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-sandbox-'));
const log = createLogger('warn');

console.log(`Load at the beginning: ${loadavg()[0].toFixed(1)}\n`);
const rows = [];
try {
  // The first runs make the snapshot, and are measured apart.
  rows.push(await measure('no snapshot yet, no process waits', { poolSize: 0 }, 1, 0));
  await sleep(5_000);
  rows.push(await measure('no process waits', { poolSize: 0 }, rounds, 0));
  rows.push(await measure('a process waits', { poolSize: 1 }, rounds, pauseMs));
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(markdownTable(['', 'runs', 'run() p50 ms', 'run() p90 ms', 'durationMs p50', 'durationMs p90'], rows));

async function measure(name, options, count, waitMs) {
  const sandbox = await PythonSandbox.open({ log, folder, ...options });
  const whole = [];
  const own = [];
  if (options.poolSize > 0) await once(sandbox);
  for (let i = 0; i < count; i += 1) {
    await sleep(waitMs);
    const { wholeMs, durationMs } = await once(sandbox);
    whole.push(wholeMs);
    own.push(durationMs);
  }
  await sandbox.stop();
  return [name, rounded(count), ...[whole, own].flatMap((times) => [0.5, 0.9].map((share) => rounded(quantile(times, share), 1)))];
}

async function once(sandbox) {
  const startedMs = performance.now();
  const end = await sandbox.run({
    code,
    parameters: { x: 1 },
    allowedModules: [],
    timeoutMs: 60_000,
    memoryBytes: 256 * 1024 * 1024,
    signal: new AbortController().signal,
    onLine: () => {},
    onProgress: () => {},
    readSecret: async () => null,
    fetch: () => Promise.reject(new Error('nothing is asked here')),
  });
  if (end.result !== 2) throw new Error(`A run ended otherwise: ${JSON.stringify(end)}`);
  return { wholeMs: performance.now() - startedMs, durationMs: end.durationMs };
}
