import { Client } from 'pg';
import type { Database } from './open-database.js';

const migrationLock = 7_216_001;

/** Brings the schema up to date; of several processes that start at once one migrates and the others wait for it. */
export async function migrate(database: Database, alsoUnderLock: () => Promise<void> = async () => {}): Promise<void> {
  const session = new Client({ connectionString: database.url });
  await session.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [migrationLock]);
    await database.orm.migrator.up();
    await alsoUnderLock();
  } finally {
    await session.end();
  }
}
