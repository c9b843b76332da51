// npm run dev: like npm start with SIGNALBOX_DEV=1, but compiles after every change of a source and starts the server anew.
// It looks at the files itself: `tsc --watch` of TypeScript 7 sees no change in a folder as near to the root as /app, and Node's
// recursive fs.watch loses files on Linux that an editor replaces.
import { setTimeout as wait } from 'node:timers/promises';
import { build, builtFrom, sourceTimes } from './build.mjs';
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { withLock } from './lock.mjs';
import { environment } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

const stopPatienceMs = 15_000;

endWithLauncher();
let seen = sourceTimes();
const { node } = await ensureReady();

for (;;) {
  const served = builtFrom();
  let server;
  const ended = runChild(node, ['--enable-source-maps', 'dist/src/main.js', ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...environment(), SIGNALBOX_DEV: '1', SIGNALBOX_SUPERVISED: '1' },
    onSpawn: (child) => (server = child),
  });
  const rebuilt = rebuildAfterChange(served);
  const ending = await Promise.race([ended, rebuilt]);
  if (ending === undefined) {
    server.kill('SIGTERM');
    const force = setTimeout(() => server.kill('SIGKILL'), stopPatienceMs);
    const stopped = await ended;
    clearTimeout(force);
    if (stopped.interruptedBy) endLike(stopped);
  } else {
    if (ending.interruptedBy) endLike(ending);
    console.log('The server ended; it starts again after the next change.');
    await rebuilt;
  }
}

async function rebuildAfterChange(served) {
  do {
    while (sourceTimes() === seen && builtFrom() === served) await wait(500);
    seen = sourceTimes();
  } while (!(await withLock(() => build(node))) || builtFrom() === served);
}
