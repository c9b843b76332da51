import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project, wherever a command is called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const programs = join(root, 'node_modules', '.bin');
const otherPrograms = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && folder !== programs);

/** The environment for children: the project's own programs come first. */
export const environment = () => ({ ...process.env, PATH: [programs, ...otherPrograms].join(delimiter) });

/** The environment for npm, which must not run on a Node.js that it is about to replace. */
export const environmentForNpm = () => ({ ...process.env, PATH: otherPrograms.join(delimiter) });

/** Tells whether a process of this id exists. */
export function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** An absolute path inside the project. */
export const inProject = (...path) => join(root, ...path);

/** Tells whether a path inside the project exists. */
export const has = (...path) => existsSync(inProject(...path));
