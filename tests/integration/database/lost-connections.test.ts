import { expect, onTestFinished, test } from 'vitest';
import { executeSql, sql } from '#core/database/sql.js';
import { openDatabase, type Database } from '#core/database/open-database.js';
import { graph } from '../../../src/domains.js';
import { cloneDatabase } from '../../support/database.js';
import { openProxy } from '../../support/proxy.js';

const url = await cloneDatabase();
const open = (at: string): Promise<Database> =>
  openDatabase({ url: at, entities: graph.mapped, migrations: 'dist/migrations', connections: 2 });
const answer = (database: Database) => executeSql(database.fork(), sql`select 1 as one`);

test('connections that die in the middle of a transaction do not use up the pool', async () => {
  const database = await open(url);

  for (let i = 0; i < 5; i++) {
    const attempt = database.fork().transactional((em) => executeSql(em, sql`select pg_terminate_backend(pg_backend_pid())`));
    await expect(attempt).rejects.toThrow();
  }

  expect(await answer(database)).toEqual([{ one: 1 }]);
  await database.close();
});

test('a transaction that goes on after its connection died fails, and its place in the pool is free', async () => {
  const database = await open(url);

  for (let i = 0; i < 5; i++) {
    const attempt = database.fork().transactional(async (em) => {
      await executeSql(em, sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {});
      await executeSql(em, sql`select 1`);
    });
    await expect(attempt).rejects.toThrow();
  }

  expect(await Promise.all([answer(database), answer(database), answer(database)])).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]]);
  await database.close();
});

test('a database that was away between two transactions is used again when it is back', async () => {
  const proxy = await openProxy(url);
  const database = await open(proxy.url);
  onTestFinished(() => database.close());
  expect(await answer(database)).toEqual([{ one: 1 }]);

  proxy.cut();
  for (let i = 0; i < 6; i++) await expect(database.fork().transactional((em) => executeSql(em, sql`select 1`))).rejects.toThrow();
  proxy.restore();

  expect(await answer(database)).toEqual([{ one: 1 }]);
});
