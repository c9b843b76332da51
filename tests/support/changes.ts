import { type Sql, executeSql, sql } from '#core/database/sql.js';
import type { TestApp } from './app.js';

/** A row of the change table. */
export interface ChangeRow {
  id: string;
  action: string;
  outcome: 'SUCCESS' | 'FAILURE' | 'DENIED' | 'ERROR';
  actor_id: string | null;
  actor_username: string;
  target_type: string | null;
  target_id: string | null;
  details: Record<string, unknown> | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  message: string | null;
  request_id: string | null;
  actor_role: string | null;
  session_id: string | null;
  ip_address: string | null;
  user_agent: string | null;
}

/** Runs a statement on the app's database and returns its rows. */
export const rowsOf = <Row = Record<string, any>>({ system }: TestApp, statement: Sql): Promise<Row[]> =>
  executeSql<Row>(system.database.fork(), statement);

/** Runs something; returns its result and what it recorded, oldest first. */
export async function recording<Result>(app: TestApp, work: () => Promise<Result>): Promise<{ result: Result; changes: ChangeRow[] }> {
  const before = new Set((await allChanges(app)).map(({ id }) => id));
  const result = await work();
  return { result, changes: (await allChanges(app)).filter(({ id }) => !before.has(id)) };
}

const allChanges = (app: TestApp): Promise<ChangeRow[]> => rowsOf<ChangeRow>(app, sql`select * from changes order by id`);
