import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../dist/src/core/database/embedded/start-embedded-postgres.js';
import { closeOnSignal, openClosing } from './closing.mjs';

/**
 * Runs a part of the benchmarks with a database of its own. `closing.add` takes what has to be stopped: it is, whether the part succeeds,
 * fails or is interrupted.
 */
export async function withDatabase(part) {
  const load = loadavg()[0].toFixed(1);
  console.log(`${availableParallelism()} cores, load ${load} before the start: what else runs here slows all targets.`);
  const closing = openClosing();
  closeOnSignal(closing);
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
    closing.add(() => rmSync(dataDir, { recursive: true, force: true }));
    const starting = startEmbeddedPostgres({ dataDir });
    // Also when the bench is interrupted while it starts.
    closing.add(() => starting.then((database) => database.stop()).catch(() => {}));
    const { url: databaseUrl } = await starting;
    await part({ databaseUrl, dataDir, closing });
  } finally {
    await closing.close();
  }
}
