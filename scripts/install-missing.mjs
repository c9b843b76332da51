import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { environmentForNpm, has, inProject } from './project.mjs';
import { runChild } from './run-child.mjs';

const note = inProject('node_modules', '.signalbox-installed');
const installed = inProject('node_modules', '.package-lock.json');

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(inProject('package-lock.json')))
    .digest('hex');

/** Tells whether node_modules holds what package-lock.json asks for. */
export function isInstalled() {
  if (!existsSync(installed)) return false;
  return (existsSync(note) && readFileSync(note, 'utf8').trim() === lockHash()) || isInstalledByHand();
}

/** Installs the dependencies exactly as package-lock.json lists them; returns false when npm failed, after showing its output. */
export async function installMissing() {
  if (!has('package-lock.json')) throw new Error('package-lock.json is missing, so nothing can be installed.');
  const hash = lockHash();
  if (!isInstalled()) {
    console.log('Installing the dependencies; this takes about a minute, once ...');
    // Under NODE_ENV=production npm would leave out the compiler.
    const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
    const npm = await runChild('npm', args, { capture: true, env: environmentForNpm() }).catch((error) => ({
      output: `npm could not be run: ${error.message}\n`,
    }));
    if (npm.code !== 0) {
      process.stderr.write(npm.output);
      return false;
    }
  }
  writeFileSync(note, hash);
  return true;
}

// npm's own record leaves out the packages of other platforms, but is otherwise the lock file that was installed.
function isInstalledByHand() {
  const wanted = Object.entries(JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages ?? {});
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages ?? {};
  const isPresent = ([path, { version, integrity, optional, devOptional }]) =>
    path === '' ||
    (present[path]
      ? present[path].version === version && present[path].integrity === integrity
      : optional === true || devOptional === true);
  return wanted.every(isPresent);
}
