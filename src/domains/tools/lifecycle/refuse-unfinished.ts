import type { FilterQuery } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '#core/errors/app-error.js';
import { isFinal, ToolExecutionStatus } from '../executions/tool-execution-status.js';
import { ToolExecution } from '../executions/tool-execution.entity.js';

const unfinished = (Object.keys(ToolExecutionStatus.values) as ToolExecutionStatus[]).filter((status) => !isFinal(status));

/** Refuses to delete what is still in use: uses of tools that wait or run have to end first. */
export async function refuseUnfinished(em: EntityManager, name: string, of: FilterQuery<ToolExecution>): Promise<void> {
  const count = await em.count(ToolExecution, { $and: [of, { status: { $in: unfinished } }] });
  if (count > 0)
    throw new AppError('PRECONDITION_FAILED', `${count} uses of ${name} have not ended: wait for them, or cancel them`, {
      unfinishedExecutions: count,
    });
}
