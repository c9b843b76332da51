import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { eventsOfExecution } from './execution-streams.js';
import { digestOfParameters } from './parameters-digest.js';
import { ToolExecution } from './tool-execution.entity.js';

/** Which tool to run, and with what; the same `idempotencyKey` says that it is the same request again. */
export interface RepeatableRequest {
  tool: string;
  parameters?: Record<string, unknown> | null;
  idempotencyKey?: string | null;
}

/** The execution that the caller asked for under this key, or null; whoever asks with the same key at the same time waits. */
export async function findRepeatedExecution(
  { em, actor, touch }: WriteContext,
  { tool, idempotencyKey = null, parameters }: RepeatableRequest,
  isTest: boolean,
): Promise<ToolExecution | null> {
  if (idempotencyKey === null) return null;
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended(${`execution ${actor.id} ${idempotencyKey}`}, 0))`);
  const execution = await em.findOne(ToolExecution, { user: actor.id, idempotencyKey });
  if (!execution) return null;
  const isSame =
    execution.tool.id === tool && execution.isTest === isTest && execution.parametersDigest === digestOfParameters(parameters ?? {});
  if (!isSame) throw new AppError('CONFLICT', 'This idempotency key belongs to another request', { paths: ['input.idempotencyKey'] });
  touch(eventsOfExecution(execution.id), 0);
  return execution;
}
