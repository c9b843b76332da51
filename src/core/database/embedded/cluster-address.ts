import type { Account } from './account.js';

/**
 * The setting that names the database folder on a server's command line, which every user may read. The folder that a process works
 * in would tell as much, but in a container not even root may look at that of another user's process.
 */
export const folderMark = (clusterDir: string): string => `signalbox.folder=${clusterDir}`;

/** How a program of PostgreSQL is told of its database folder: the folder that it is started in, and what it takes as `-D`. */
export interface ClusterAddress {
  cwd: string;
  dir: string;
}

/**
 * The address of a database folder for an account. A program that is started in the folder reaches it there by a link of the
 * kernel, even when the account may not pass through the folders above, such as the home of root or what `mktemp -d` makes.
 */
export const clusterAddress = (clusterDir: string, { uid }: Account): ClusterAddress =>
  uid !== undefined && process.platform === 'linux' ? { cwd: clusterDir, dir: '/proc/self/cwd' } : { cwd: '/', dir: clusterDir };
