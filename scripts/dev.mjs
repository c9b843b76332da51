// npm run dev: like npm start, but compiles after every change and starts the server anew. When one of the two ends, so does the other.
import { spawn } from 'node:child_process';
import { watchDist } from './build.mjs';
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { environment, inProject, root } from './project.mjs';

endWithLauncher();
const { node } = await ensureReady();
const stopWatching = watchDist();
process.once('exit', stopWatching);

const children = new Set();
let result = 0;

function run(args, options) {
  const child = spawn(node, args, { cwd: root, env: { ...environment(), SIGNALBOX_DEV: '1' }, ...options });
  children.add(child);
  child.once('close', (code) => {
    children.delete(child);
    result ||= code ?? 0;
    endAll('SIGTERM');
    if (children.size === 0) process.exit(result);
  });
  return child;
}

function endAll(signal) {
  for (const child of children) child.kill(signal);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => endAll(signal));

const compiler = run([inProject('node_modules', 'typescript', 'bin', 'tsc'), '--watch', '--preserveWatchOutput'], { stdio: ['ignore', 'pipe', 'inherit'] });
compiler.stdout.pipe(process.stdout);
let isServing = false;
compiler.stdout.on('data', (chunk) => {
  // The compiler writes everything once when it starts; a server that ran already would be started anew for nothing.
  if (isServing || !String(chunk).includes('Watching for file changes')) return;
  isServing = true;
  run(['--enable-source-maps', '--watch-path=dist', '--watch-preserve-output', 'dist/src/main.js', ...process.argv.slice(2)], { stdio: 'inherit' });
});
