import { accessSync, chmodSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Creates the data folder where it is missing and returns its real path, so that one folder never goes by two names. */
export function openFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    const firstCreated = mkdirSync(folder, { recursive: true });
    // Under root PostgreSQL runs as another user, who must be able to pass through, whatever the umask says.
    if (firstCreated && process.getuid?.() === 0) {
      for (let path = folder; path.length >= firstCreated.length; path = dirname(path)) chmodSync(path, 0o711);
    }
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNAVAILABLE',
      `The data folder ${folder} cannot be written to (${reason}). Give it to the user that runs Signalbox, or set DATA_DIR to another folder.`,
    );
  }
}
