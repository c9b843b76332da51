import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { within } from '#core/database/within.js';
import { startTestApp } from '../../support/app.js';
import { graphql, signIn } from '../../support/client.js';
import { eventually, openSql } from '../../support/probe.js';

const app = await startTestApp({ ROLE: 'api', DB_STATEMENT_TIMEOUT_MS: '500' });
const admin = await signIn(app.url);
const run = await openSql(app.databaseUrl);

test('a statement that reads for too long is given up, also by the database, and others go on', async () => {
  const { reads } = app.system.database;
  const running = async () =>
    Number(
      (
        await run(
          "select count(*) as n from pg_stat_activity where query like '%pg_sleep(61)%' and state = 'active' and pid <> pg_backend_pid()",
        )
      )[0]!.n,
    );

  await expect(reads.rows(sql`select pg_sleep(61)`)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: 'It took longer than 500 ms to read the answer: ask for less',
  });

  await eventually('the end of the statement', running, (n) => n === 0, 5_000);
  expect(await reads.rows(sql`select 1`)).toEqual([['1']]);
});

test('a query that waits for a lock is answered with the limit, and works again afterwards', async () => {
  const ask = () => graphql(app.url, '{ uploads { totalCount } }', {}, admin);
  await run('begin');
  await run('lock table uploads in access exclusive mode');

  expect(await ask()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });

  await run('rollback');
  expect((await ask()).errors).toBeUndefined();
});

test('what takes longer than allowed fails, what does not is passed on', async () => {
  expect(await within(Promise.resolve('done'), 1_000)).toBe('done');
  await expect(within(new Promise(() => {}), 10)).rejects.toThrow('It took longer than 10 ms');
  await expect(within(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
});
