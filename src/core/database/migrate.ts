import { Client } from 'pg';
import { requireFitDatabase } from './fitness.js';
import type { Database } from './open-database.js';

const migrationLock = 7_216_001;

/** Brings the schema up to date; of several processes that start at once one migrates and the others wait for it. */
export async function migrate(database: Database, alsoUnderLock: () => Promise<void> = async () => {}): Promise<void> {
  await underMigrationLock(database.url, async (session) => {
    await requireFitDatabase(session, database.migrations);
    await database.orm.migrator.up();
    await alsoUnderLock();
  });
}

/** Does something to the tables while no other process migrates them. */
export async function underMigrationLock<Result>(url: string, work: (session: Client) => Promise<Result>): Promise<Result> {
  const session = new Client({ connectionString: url });
  session.on('error', () => {});
  await session.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [migrationLock]);
    return await work(session);
  } finally {
    await session.end();
  }
}
