import { fileURLToPath } from 'node:url';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { migrate } from '#core/database/migrate.js';
import { openDatabase, type Database } from '#core/database/open-database.js';
import { ownName } from '#core/jobs/as-operation.js';
import { Delivery } from '#core/jobs/delivery.js';
import { defaultQueue } from '#core/jobs/operations.js';
import { createLogger } from '#core/log/logger.js';
import { JobSchedule } from '#domains/jobs/schedules/job-schedule.entity.js';
import { graph } from '../../src/domains.js';

/**
 * Migrates an empty database, so that what starts on a clone of it finds nothing left to do. The schedules of Signalbox's own operations
 * are there and not due: no test is disturbed by what happens to fall into its minute.
 */
export async function fillTemplate(url: string): Promise<void> {
  const database = await openDatabase({
    url,
    entities: graph.mapped,
    migrations: fileURLToPath(new URL('../../dist/migrations', import.meta.url)),
  });
  const delivery = new Delivery(url, createLogger('silent'));
  await migrate(database, () => delivery.start([defaultQueue]));
  await delivery.stop();
  await putOffSchedules(database);
  await database.close();
}

async function putOffSchedules(database: Database): Promise<void> {
  const em = database.fork();
  for (const operation of graph.operations)
    if (operation.cron !== undefined)
      em.persist(
        Object.assign(new JobSchedule(), {
          id: newId(declarationOf(JobSchedule).type),
          name: ownName(operation),
          operation: ownName(operation),
          cron: operation.cron,
          timezone: 'UTC',
          parameters: {},
          priority: 0,
          isEnabled: true,
          nextRunAt: new Date('2999-01-01'),
          createdByName: 'signalbox',
          runsAsName: 'signalbox',
        } satisfies Partial<JobSchedule>),
      );
  await em.flush();
}
