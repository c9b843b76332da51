import { underMigrationLock } from '#core/database/migrate.js';
import { requireFitDatabase } from '#core/database/fitness.js';
import type { Command } from '../console/command.js';
import { openOrm, reachDatabase } from '../console/installation.js';
import { migrationsFolder } from '../migrations-folder.js';

/** Brings the database up to date, as every start of the server does too. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Brings the tables of the database up to date',
  details: 'Every start of the server does the same. Run it on its own to have it done before the first process of a new version starts.',
  options: { check: { description: 'Change nothing; exit code 1 when migrations are pending' } },
  async run(call) {
    const database = await openOrm(call, await reachDatabase(call));
    const isCheck = call.flags.has('check');
    const names = await underMigrationLock(database.url, async (session) => {
      await requireFitDatabase(session, migrationsFolder);
      const found = isCheck ? await database.orm.migrator.getPending() : await database.orm.migrator.up();
      return found.map(({ name }) => name);
    });
    const what = isCheck ? 'Pending' : 'Done';
    call.answer(
      isCheck ? { pending: names } : { done: names },
      names.length === 0 ? 'The database is up to date.' : names.map((name) => `${what}: ${name}`).join('\n'),
    );
    return isCheck && names.length > 0 ? 1 : 0;
  },
};
