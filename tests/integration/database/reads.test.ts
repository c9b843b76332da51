import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn } from '../../support/client.js';
import { openSql } from '../../support/probe.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const run = await openSql(app.databaseUrl);

test('a server that runs while a migration changes a column goes on reading it', async () => {
  const roles = async () => (await data(app.url, '{ roles(first: 1) { nodes { slug name } } }', {}, admin)).roles;
  const before = await roles();

  for (const change of ['type varchar(200)', 'type text collate "C"', 'type text collate "default"']) {
    await run(`alter table roles alter name ${change}`);
    expect(await Promise.all(Array.from({ length: 20 }, roles))).toEqual(Array.from({ length: 20 }, () => before));
  }
});

test('a statement that fails for its own reasons fails once, and others go on', async () => {
  const { reads } = app.system.database;

  await expect(reads.rows(sql`select 1 / ${0}::int`)).rejects.toThrow('division by zero');
  expect(await reads.rows(sql`select ${1}::int`)).toEqual([['1']]);
});
