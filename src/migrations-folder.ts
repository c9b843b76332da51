import { fileURLToPath } from 'node:url';

/** The folder of the compiled migrations. */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
