// npm run generate: writes what is generated and committed: schema.graphql, docs/permissions-matrix.md and the types of the examples. With --check it writes
// nothing and fails when a committed file is not what would be written.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureReady } from './ensure-ready.mjs';
import { environment, has, inProject } from './project.mjs';
import { runChild } from './run-child.mjs';

const isCheck = process.argv.includes('--check');
const { node } = await ensureReady();
const folder = mkdtempSync(join(tmpdir(), 'signalbox-generate-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await generate('print-schema.js', 'schema.graphql');
await generate('print-permissions-matrix.js', 'docs', 'permissions-matrix.md');
if (has('codegen.yml'))
  await must([
    inProject('node_modules', '@graphql-codegen', 'cli', 'esm', 'bin.js'),
    '--config',
    'codegen.yml',
    ...(isCheck ? ['--check'] : []),
  ]);

async function generate(program, ...path) {
  const written = isCheck ? join(folder, path.at(-1)) : inProject(...path);
  await must([inProject('dist', 'src', program), written]);
  if (!isCheck || (has(...path) && readFileSync(written, 'utf8') === readFileSync(inProject(...path), 'utf8'))) return;
  console.error(`${path.join('/')} is not what the code builds: run "npm run generate" and look at the difference.`);
  process.exit(1);
}

async function must(args) {
  const { code } = await runChild(node, args, { env: environment() });
  if (code !== 0) process.exit(code || 1);
}
