// Loaded into every measured process beside its program: memory after a collection, CPU profiles and heap snapshots on request.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { answerParent } from './messages.mjs';

const session = new Session();

// Whatever happens to the bench, what it has started ends.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

answerParent({
  async memory() {
    for (let i = 0; i < 4; i += 1) {
      // Of last resort, because otherwise the pages that connecting took are kept, and RSS says more of that than of waiting.
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      await turn();
    }
    return process.memoryUsage();
  },
  async startProfile() {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  },
  async stopProfile({ file }) {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(file, JSON.stringify(profile));
  },
  heap({ file }) {
    globalThis.gc?.();
    writeHeapSnapshot(file);
  },
});
