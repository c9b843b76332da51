// npm run bench: installs what the benchmarks need, which is no part of the product, and runs them.
import { readFileSync } from 'node:fs';
import { ensureReady } from './ensure-ready.mjs';
import { environment, environmentForNpm, has, inProject } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

const { node } = await ensureReady();
const { dependencies } = JSON.parse(readFileSync(inProject('bench', 'package.json'), 'utf8'));
if (Object.keys(dependencies).some((name) => !has('bench', 'node_modules', name))) {
  const { code } = await runChild('npm', ['ci', '--no-audit', '--no-fund'], { cwd: inProject('bench'), env: environmentForNpm() });
  if (code !== 0) process.exit(code);
}
endLike(await runChild(node, [inProject('bench', 'run.mjs'), ...process.argv.slice(2)], { env: { ...environment(), NODE_ENV: 'test' } }));
