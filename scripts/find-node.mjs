import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inProject } from './project.mjs';

const LEAST_MAJOR = 24;

const ownNodes = [
  inProject('node_modules', '.bin', 'node'),
  inProject('node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'),
  inProject('node_modules', `node-bin-${process.platform}-${process.arch}`, 'bin', 'node'),
];

const major = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);

// Asked rather than assumed, because a program for glibc is installed on other systems as well and does not run there.
const runs = (node) => existsSync(node) && major(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '') >= LEAST_MAJOR;

/** Finds the Node.js to run the project with: its own from node_modules, or else the one that runs this script, when new enough. */
export function findNode() {
  const own = ownNodes.find(runs);
  if (own) return own;
  if (major(process.version) >= LEAST_MAJOR) return process.execPath;
  throw new Error(
    `Signalbox needs Node.js ${LEAST_MAJOR} or newer. It brings its own on Linux (glibc) and macOS, but none that runs on ${process.platform}-${process.arch} here, ` +
      `and this is ${process.version}. Install Node.js ${LEAST_MAJOR} from https://nodejs.org and start again.`,
  );
}
