import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { environment, has, inProject, root } from './project.mjs';
import { runChild } from './run-child.mjs';

const dist = inProject('dist');
const mark = join(dist, '.built');

/** Tells which sources dist was built from, by their fingerprint; undefined when it was not built. */
export const builtFrom = () => (existsSync(mark) ? readFileSync(mark, 'utf8') : undefined);

/** Tells whether dist is what the sources compile to. */
export const isBuilt = () => builtFrom() === fingerprint();

/**
 * Compiles into a new folder and swaps it for dist, so that outputs of deleted sources go and a failed build changes nothing.
 * Returns false when the compiler, which says why itself, found errors or was interrupted.
 */
export async function build(node) {
  if (isBuilt()) return true;
  const started = Date.now();
  removeLeftovers();
  const sourcesBefore = fingerprint();
  const fresh = `${dist}.tmp-${process.pid}`;
  const compiler = await runChild(node, [inProject('node_modules', 'typescript', 'bin', 'tsc'), '--outDir', fresh], { env: environment() });
  if (compiler.code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(fresh, '.built'), sourcesBefore);
  const former = `${fresh}-former`;
  if (existsSync(dist)) renameSync(dist, former);
  renameSync(fresh, dist);
  rmSync(former, { recursive: true, force: true });
  console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** Describes the sources by size and time of change: a different text means that somebody has touched them. */
export function sourceTimes() {
  const times = [...sources('src'), ...sources('migrations')].map((path) => {
    const entry = statSync(inProject(path), { throwIfNoEntry: false });
    return `${path} ${entry?.mtimeMs} ${entry?.size}`;
  });
  return times.join('\n');
}

// By content: a checkout or a copy may well bring a file that is older than the last build and still different.
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of ['tsconfig.json', 'node_modules/typescript/package.json', ...sources('src'), ...sources('migrations')]) {
    if (has(path))
      hash
        .update(path)
        .update('\0')
        .update(readFileSync(inProject(path)))
        .update('\0');
  }
  return hash.digest('hex');
}

function sources(folder) {
  if (!has(folder)) return [];
  const files = readdirSync(inProject(folder), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

// Only the holder of the lock builds, so whatever has such a name belongs to a build that was killed.
function removeLeftovers() {
  const names = readdirSync(root).filter((name) => name.startsWith('dist.tmp-'));
  const former = names.find((name) => name.endsWith('-former'));
  if (former && !existsSync(dist)) renameSync(inProject(former), dist);
  for (const name of names) rmSync(inProject(name), { recursive: true, force: true });
}
