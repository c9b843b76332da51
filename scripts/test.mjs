// npm test: installs and builds what is missing, then runs the tests; what follows `npm test --` goes to vitest.
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { environment, inProject } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

endWithLauncher();
const { node } = await ensureReady();
endLike(await runChild(node, [inProject('node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)], { env: environment() }));
