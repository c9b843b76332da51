import { existsSync, readdirSync } from 'node:fs';
import type { Client } from 'pg';
import { requireFitDatabase, requireRestoredFolder } from '#core/database/fitness.js';
import { BackupError } from './backup-error.js';
import { keyName } from './manifest.js';

/** Throws unless a data folder holds nothing, but perhaps the key, and a mark of one's own. */
export function requireEmptyFolder(dataDir: string, mark: string | null = null): void {
  if (mark === null) requireRestoredFolder(dataDir);
  const allowed = [keyName, 'lost+found', mark];
  const present = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => !allowed.includes(name)) : [];
  if (present.length === 0) return;
  throw new BackupError(
    `The data folder ${dataDir} is not empty (${present.slice(0, 3).join(', ')}). A restore needs an empty one: set DATA_DIR to another folder.`,
  );
}

/** Throws unless a database holds nothing and takes any text. */
export async function requireEmptyDatabase(client: Client, migrationsFolder: string): Promise<void> {
  await requireFitDatabase(client, migrationsFolder);
  const { rows } = await client.query<{ name: string; encoding: string; relations: number; boss: boolean }>(`
    select current_database() as name, current_setting('server_encoding') as encoding, to_regnamespace('pgboss') is not null as boss,
      (select count(*)::int from pg_class c where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'S', 'v', 'm', 'f')
        and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')) as relations`);
  const { name, encoding, relations, boss } = rows[0]!;
  if (relations > 0 || boss)
    throw new BackupError(
      `The database ${name} is not empty. A restore needs an empty one: make one with "create database", and set DATABASE_URL to it.`,
    );
  if (encoding !== 'UTF8') throw new BackupError(`The database ${name} has the encoding ${encoding}; it must be UTF8.`);
}
