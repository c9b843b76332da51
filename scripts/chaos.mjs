// npm run chaos: installs and builds what is missing, then lets everything that can fail fail, and checks what comes of it.
// See docs/chaos.md; what follows `npm run chaos --` goes to tests/chaos/run.ts.
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { environment, inProject } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

endWithLauncher();
const { node } = await ensureReady();
endLike(await runChild(node, [inProject('tests', 'chaos', 'run.ts'), ...process.argv.slice(2)], { env: environment() }));
