import { MikroORM, type EntityManager, type EventSubscriber } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import type { Pool } from 'pg';
import type { EntityClass } from './declare/declaration.js';
import { Reads } from './reads.js';
import { releaseDead } from './release-dead.js';

/** An open database: the ORM, and the URL for the few connections that need a session of their own. */
export interface Database {
  readonly orm: MikroORM;
  readonly url: string;
  readonly reads: Reads;
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
}

/** Opens the database; nothing is migrated yet. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, entities, migrations, subscribers = [], connections = 10 } = options;
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
    driverOptions: { onPoolCreated: releaseDead },
    migrations: { path: migrations, pathTs: 'migrations', glob: '!(*.d).{js,ts}', snapshot: false, tableName: 'migrations' },
    schemaGenerator: { managementDbName: 'postgres', ignoreSchema: ['pgboss'] },
  });
  const reads = new Reads(() => orm.em.getConnection().getNativeClient() as Promise<Pool>);
  return { orm, url: options.url, reads, fork: () => orm.em.fork(), close: () => orm.close() };
}
