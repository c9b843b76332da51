import { presentKeys } from '#core/backup/present-keys.js';
import type { Call } from './command.js';

/** Throws unless the encryption key of the installation is here: what a command sealed with another one, no server could open. */
export function requireKey({ config: { ENCRYPTION_KEY: current, DATA_DIR: dataDir } }: Call, what: string): void {
  if (!presentKeys({ current, retired: [], dataDir }))
    throw new Error(`${what} needs the encryption key of the installation: set ENCRYPTION_KEY, or DATA_DIR to the folder that has it`);
}
