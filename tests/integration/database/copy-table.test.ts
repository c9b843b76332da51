import { expect, test } from 'vitest';
import { copyTable } from '#core/backup/copy-table.js';
import { openSession } from '#core/backup/open-session.js';
import { emptyDatabase } from '../../support/database.js';
import { openSql } from '../../support/probe.js';
import { openProxy } from '../../support/proxy.js';

const url = await emptyDatabase();

test('the sum of a table is the same however the network cuts what the server sends', async () => {
  const sql = await openSql(url);
  await sql('create table notes (id int primary key, text text)');
  await sql(`insert into notes values (1, E'two\\nlines'), (2, null), (3, E'a\\\\b')`);
  const { url: slow } = await openProxy(url, { isBytewise: true });

  const sums = [await sumOf(url), await sumOf(slow)];

  expect(sums[0]).toMatchObject({ rows: 3, bytes: '1\ttwo\\nlines\n2\t\\N\n3\ta\\\\b\n'.length });
  expect(sums[1]).toEqual(sums[0]);
});

async function sumOf(way: string) {
  const client = await openSession(way);
  const copy = copyTable(client, { name: 'notes', columns: ['id', 'text'], order: 'id' });
  let step = await copy.next();
  while (!step.done) step = await copy.next();
  await client.end();
  return step.value;
}
