import { type Sql, executeSql, sql } from '#core/database/sql.js';
import type { TestApp } from './app.js';

/** A row of the change table. */
export interface ChangeRow {
  id: string;
  action: string;
  outcome: 'SUCCESS' | 'FAILURE' | 'ERROR';
  actor_id: string | null;
  actor_name: string;
  subject_type: string | null;
  subject_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  message: string | null;
  request_id: string | null;
  source_ip: string | null;
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

const allChanges = (app: TestApp): Promise<ChangeRow[]> => rowsOf<ChangeRow>(app, sql`select * from changes order by created_at, id`);
