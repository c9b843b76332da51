// npm run signalbox -- COMMAND: installs and builds what is missing, then works on the installation from the command line.
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { environment } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

endWithLauncher();
// Standard output is for what the command prints.
console.log = console.error;
const { node } = await ensureReady();
endLike(await runChild(node, ['--enable-source-maps', 'dist/src/command-line.js', ...process.argv.slice(2)], { env: environment() }));
