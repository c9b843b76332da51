// Checks who imports whom by .dependency-cruiser.mjs, and that the modules were really read: a parser that reads nothing passes all.
import { readdirSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';
import { inProject } from './project.mjs';

const { forbidden, options } = config;
const { output } = await cruise(['src'], { ...options, ruleSet: { forbidden }, validate: true });
const problems = output.summary.violations.map(
  ({ rule, from, to, cycle }) => `${rule.name}: ${from} -> ${cycle ? cycle.map(({ name }) => name).join(' -> ') : to}`,
);

const files = readdirSync(inProject('src'), { recursive: true }).filter((path) => path.endsWith('.ts')).length;
const read = output.modules.filter(({ source }) => source.startsWith('src/'));
if (read.length < files) problems.push(`only ${read.length} of ${files} modules were read`);
const own = read.flatMap(({ source, dependencies }) =>
  dependencies.filter(({ module }) => /^[.#]/.test(module)).map((dependency) => ({ source, ...dependency })),
);
if (own.length < files) problems.push(`only ${own.length} imports were found in ${files} modules`);
for (const { source, module, couldNotResolve } of own)
  if (couldNotResolve) problems.push(`${source} imports ${module}, which was not found`);

for (const problem of problems) console.error(problem);
console.log(`${read.length} modules, ${own.length} imports of our own.`);
process.exit(problems.length === 0 ? 0 : 1);
