import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { environment, has, inProject, isAlive, root } from './project.mjs';
import { runChild } from './run-child.mjs';

const dist = inProject('dist');
const mark = join(dist, '.built');
const watcher = join(dist, '.watched');

/** Tells whether dist is what the sources compile to, or is kept so by a running `npm run dev`. */
export function isBuilt() {
  if (existsSync(watcher) && isAlive(Number(readFileSync(watcher, 'utf8')))) return true;
  return existsSync(mark) && readFileSync(mark, 'utf8') === fingerprint();
}

/** Compiles into a new folder and swaps it for dist, so that outputs of deleted sources go and a failed build changes nothing. */
export async function build(node) {
  if (isBuilt()) return;
  const started = Date.now();
  removeLeftovers();
  const before = fingerprint();
  const fresh = `${dist}.tmp-${process.pid}`;
  const compiler = await runChild(node, [inProject('node_modules', 'typescript', 'bin', 'tsc'), '--outDir', fresh], { env: environment() });
  if (compiler.code !== 0 || compiler.interruptedBy) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(compiler.code || 1);
  }
  writeFileSync(join(fresh, '.built'), before);
  const former = `${fresh}-former`;
  if (existsSync(dist)) renameSync(dist, former);
  renameSync(fresh, dist);
  rmSync(former, { recursive: true, force: true });
  console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** Notes that this process now keeps dist up to date itself, until the returned function is called. */
export function watchDist() {
  rmSync(mark, { force: true });
  writeFileSync(watcher, String(process.pid));
  return () => rmSync(watcher, { force: true });
}

// By content: a checkout or a copy may well bring a file that is older than the last build and still different.
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of ['tsconfig.json', 'node_modules/typescript/package.json', ...sources('src'), ...sources('migrations')]) {
    if (has(path)) hash.update(path).update('\0').update(readFileSync(inProject(path))).update('\0');
  }
  return hash.digest('hex');
}

function sources(folder) {
  if (!has(folder)) return [];
  const files = readdirSync(inProject(folder), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

// The lock is ours, so whatever has such a name belongs to a build that was killed.
function removeLeftovers() {
  const former = readdirSync(root).find((name) => /^dist\.tmp-\d+-former$/.test(name));
  if (former && !existsSync(dist)) renameSync(inProject(former), dist);
  for (const name of readdirSync(root)) if (name.startsWith('dist.tmp-')) rmSync(inProject(name), { recursive: true, force: true });
}
