import { MikroORM, type EntityManager, type EventSubscriber } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import type { Pool } from 'pg';
import type { EntityClass } from './declare/declaration.js';
import { Reads } from './reads.js';
import { within } from './within.js';
import { releaseDead } from './release-dead.js';

/** An open database: the ORM, and the URL for the few connections that need a session of their own. */
export interface Database {
  readonly orm: MikroORM;
  readonly url: string;
  readonly reads: Reads;
  /** The folder of the compiled migrations. */
  readonly migrations: string;
  /** A fresh entity manager with an identity map of its own. */
  fork(): EntityManager;
  close(): Promise<void>;
}

/** What to open: at most `connections` pooled ones, and the folder of compiled migrations. */
export interface DatabaseOptions {
  url: string;
  entities: readonly EntityClass[];
  migrations: string;
  subscribers?: EventSubscriber[];
  connections?: number;
  /** How long a statement that reads may take. */
  readTimeoutMs?: number;
}

// Whoever gets none of the pool's connections by then would wait as long as the database hangs.
const acquireTimeoutMs = 30_000;
const closeTimeoutMs = 5_000;

/** Opens the database; nothing is migrated yet. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, entities, migrations, subscribers = [], connections = 10, readTimeoutMs = 30_000 } = options;
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...entities] as never[],
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    // What the ORM would print, the log of the process says better.
    logger: () => {},
    subscribers,
    forceUtcTimezone: true,
    pool: { min: 0, max: connections },
    driverOptions: { onPoolCreated: releaseDead, connectionTimeoutMillis: acquireTimeoutMs },
    migrations: { path: migrations, pathTs: 'migrations', glob: '!(*.d).{js,ts}', snapshot: false, tableName: 'migrations' },
    // Triggers are written by hand in migrations.
    schemaGenerator: { managementDbName: 'postgres', ignoreSchema: ['pgboss'], ignoreTriggers: true },
  });
  const reads = new Reads(() => orm.em.getConnection().getNativeClient() as Promise<Pool>, readTimeoutMs);
  return { orm, url, migrations, reads, fork: () => orm.em.fork(), close: () => within(orm.close(), closeTimeoutMs) };
}
