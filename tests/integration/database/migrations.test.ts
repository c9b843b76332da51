import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '#core/database/open-database.js';
import { graph } from '../../../src/domains.js';
import { cloneDatabase } from '../../support/database.js';

const migrations = fileURLToPath(new URL('../../../dist/migrations', import.meta.url));
const database = await openDatabase({ url: await cloneDatabase(), entities: graph.mapped, migrations });
afterAll(() => database.close());

test('the migrations make exactly what the entities declare', async () => {
  expect(await database.orm.migrator.checkSchema()).toBe(false);
});

test('every stored time is a timestamptz to the millisecond', async () => {
  const columns = await database.fork().execute<{ table_name: string; column_name: string }[]>(`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and table_name <> 'migrations' and data_type like 'timestamp%'
      and not (data_type = 'timestamp with time zone' and datetime_precision = 3)`);

  expect(columns).toEqual([]);
});

test('every foreign key has an index that serves it', async () => {
  const unserved = await database.fork().execute<{ table: string; column: string }[]>(`
    select c.conrelid::regclass::text as table, a.attname as column
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace
      and not exists (select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`);

  expect(unserved).toEqual([]);
});
