// npm run check: everything about the tree that needs no server: format, lint, types, imports, unused code, generated files.
import { ensureReady } from './ensure-ready.mjs';
import { environment, inProject } from './project.mjs';
import { runChild } from './run-child.mjs';

const { node } = await ensureReady();
const program = (...path) => inProject('node_modules', ...path);
const checks = {
  format: [program('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  lint: [program('oxlint', 'bin', 'oxlint')],
  types: [program('typescript', 'bin', 'tsc'), '--noEmit', '--project', 'tsconfig.check.json'],
  imports: [inProject('scripts', 'check-imports.mjs')],
  'unused code': [program('knip', 'bin', 'knip.js')],
  'generated files': [inProject('scripts', 'generate.mjs'), '--check'],
};

let failed = 0;
for (const [name, args] of Object.entries(checks)) {
  const started = Date.now();
  const { code, output } = await runChild(node, args, { capture: true, env: environment() });
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) continue;
  failed += 1;
  console.log(output);
}
process.exit(failed === 0 ? 0 : 1);
