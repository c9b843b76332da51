// npm run new: makes the files of an entity or of a mutation and registers them; what is refused changes nothing. See docs/guide.md.
import { installMissing, isInstalled } from './install-missing.mjs';
import { withLock } from './lock.mjs';
import { root } from './project.mjs';

if (!isInstalled() && !(await withLock(installMissing))) process.exit(1);
const { plan } = await import('./new/plan.mjs');
const { Refusal } = await import('./new/refusal.mjs');

try {
  const { tree, next } = plan(root, process.argv.slice(2));
  const { created, changed } = await tree.write();
  console.log(['Made:', ...created.map((path) => `  ${path}`), 'Changed:', ...changed.map((path) => `  ${path}`)].join('\n'));
  console.log(['', 'Next:', ...next.map((step, i) => `${i + 1}. ${step}`)].join('\n'));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`${error.message}\nNothing was changed.`);
  process.exitCode = 1;
}
