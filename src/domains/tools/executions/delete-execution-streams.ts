import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { eventsOfExecution } from './execution-streams.js';

/** Deletes the streams of the executions that are deleted with a tool or a server; `which` is a condition on `tool_executions`. */
export const deleteExecutionStreams = (em: EntityManager, which: Sql): Promise<unknown> =>
  executeSql(em, sql`delete from streams where name in (select ${eventsOfExecution('')} || id from tool_executions where ${which})`);
