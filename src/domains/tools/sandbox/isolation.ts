import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How strongly a run is kept apart from the machine, strongest first. */
export const isolationNames = ['SEPARATE_USER', 'SEPARATE_NETWORK', 'PROCESS_ONLY'] as const;

/** A level of isolation. */
export type IsolationName = (typeof isolationNames)[number];

/** How strongly runs are kept apart from the machine, and what that means. */
export interface IsolationLevel {
  name: IsolationName;
  description: string;
}

/** A level, and the program with its arguments that starts another one at it. */
export interface Isolation extends IsolationLevel {
  prefix: readonly string[];
}

const nobody = 65_534;
const always = 'a process of its own for each run, without permissions of Node.js, environment, code made of texts or native modules';
const descriptions: Record<IsolationName, string> = {
  SEPARATE_USER: `Strong: ${always}; as an own user without rights, in a network and a process table that hold nothing else.`,
  SEPARATE_NETWORK: `Strong: ${always}; in a network and a process table that hold nothing else, as the user of the server.`,
  PROCESS_ONLY: `Basic: ${always}. This machine allows no network of its own for it, so only the locked interpreter keeps code off the network.`,
};

/** What this machine may be able to do, strongest first; which of it works is found out by trying. */
export function isolations(): Isolation[] {
  const [unshare, setpriv] = ['unshare', 'setpriv'].map(findProgram);
  const apart = ['--net', '--ipc', '--pid', '--fork', '--kill-child', '--'];
  const plain = setpriv ? [setpriv, '--no-new-privs', '--'] : [];
  const list: Isolation[] = [];
  const add = (name: IsolationName, prefix: string[]): void => void list.push({ name, description: descriptions[name], prefix });
  if (unshare && setpriv && process.getuid?.() === 0) {
    // After the user has changed, the signal has to be asked for again.
    const bare = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--pdeathsig', 'KILL', '--'];
    add('SEPARATE_USER', [unshare, ...apart, setpriv, `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...bare]);
    // The files of the server may be readable for root only.
    add('SEPARATE_NETWORK', [unshare, ...apart, setpriv, ...bare]);
  } else if (unshare && setpriv) {
    add('SEPARATE_NETWORK', [unshare, '--user', '--map-current-user', ...apart, setpriv, '--no-new-privs', '--pdeathsig', 'KILL', '--']);
  }
  add('PROCESS_ONLY', plain);
  if (plain.length > 0) add('PROCESS_ONLY', []);
  return list;
}

// The server's own search path is not asked: these are programs of the system.
const folders = `/usr/bin${delimiter}/bin${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);

const findProgram = (name: string): string | undefined => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
