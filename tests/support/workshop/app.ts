import { fileURLToPath } from 'node:url';
import { executeSql, sql } from '#core/database/sql.js';
import { openDatabase } from '#core/database/open-database.js';
import { startTestApp, type TestApp } from '../app.js';
import { cloneDatabase } from '../database.js';
import { workshopGraph } from './domain.js';

/** Starts a Signalbox with the workshop's domains, whose tables are made from the entities. */
export async function startWorkshop(): Promise<TestApp> {
  const url = await cloneDatabase();
  const migrations = fileURLToPath(new URL('../../../dist/migrations', import.meta.url));
  const database = await openDatabase({ url, entities: workshopGraph.mapped, migrations });
  await executeSql(database.fork(), sql`create extension if not exists pg_trgm`);
  await database.orm.schema.update({ safe: true });
  await database.close();
  // No toolkit but those of the tests.
  return startTestApp({ ROLE: 'api', DATABASE_URL: url, TOOLKIT_STORAGE_DIR: '/nowhere' }, workshopGraph);
}
