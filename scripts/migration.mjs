// npm run migration: writes the migration from what the committed ones make to what the entities declare. Its SQL is to be reviewed.
import { readFileSync, writeFileSync } from 'node:fs';
import { ensureReady } from './ensure-ready.mjs';
import { environment, inProject } from './project.mjs';
import { runChild } from './run-child.mjs';

const { node } = await ensureReady();
const { code, output } = await runChild(node, [inProject('dist', 'src', 'new-migration.js')], { capture: true, env: environment() });
process.stdout.write(output);
const path = /^migrations\/\S+\.ts$/m.exec(output)?.[0];
if (code === 0 && path) await finish(inProject(path));
process.exit(code ?? 1);

/** Says in a sentence what the migration is about, leaves the way back out, as all migrations here do, and formats it. */
async function finish(file) {
  const { format, resolveConfig } = await import('prettier');
  const [up] = readFileSync(file, 'utf8').split(/\n *override down\(\)/);
  const tables = new Set([...up.matchAll(/\b(?:create|alter|drop) table (?:if exists )?"(\w+)"/g)].map(([, table]) => table));
  const text = `${up.replace('export class', `/** What changes in ${[...tables].sort().join(', ')}. */\nexport class`)}}\n`;
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
