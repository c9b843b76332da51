import { fileURLToPath } from 'node:url';
import { migrate } from '#core/database/migrate.js';
import { openDatabase } from '#core/database/open-database.js';
import { Delivery } from '#core/jobs/delivery.js';
import { defaultQueue } from '#core/jobs/operations.js';
import { createLogger } from '#core/log/logger.js';
import { graph } from '../../src/domains.js';

/** Migrates an empty database, so that what starts on a clone of it finds nothing left to do. */
export async function fillTemplate(url: string): Promise<void> {
  const database = await openDatabase({
    url,
    entities: graph.mapped,
    migrations: fileURLToPath(new URL('../../dist/migrations', import.meta.url)),
  });
  const delivery = new Delivery(url, createLogger('silent'));
  await migrate(database, () => delivery.start([defaultQueue]));
  await delivery.stop();
  await database.close();
}
