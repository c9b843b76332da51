import { expect } from 'vitest';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { rowsOf } from './changes.js';
import type { TestApp } from './app.js';

/** Changes rows in a transaction that commits once so many others wait for their locks, a request among them; returns its answer. */
export async function overtaken<Answer>(app: TestApp, statements: Sql[], request: () => Promise<Answer>, waiting = 1): Promise<Answer> {
  const { answer } = await app.system.database.fork().transactional(async (em) => {
    for (const statement of statements) await executeSql(em, statement);
    // In an object, because the transaction would wait for a promise.
    const answer = request();
    await othersWait(app, waiting);
    return { answer };
  });
  return answer;
}

/** Waits until so many statements wait for a lock. */
export const othersWait = (app: TestApp, least: number): Promise<void> =>
  expect
    .poll(() => rowsOf(app, sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`), {
      timeout: 10_000,
    })
    .toSatisfy((rows: unknown[]) => rows.length >= least);
