import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { beginExecution } from './begin-execution.js';
import { checkParameters } from './check-parameters.js';
import { findRepeatedExecution, type RepeatableRequest } from './find-repeated-execution.js';
import { findRunnable } from './find-runnable.js';
import { parameterSchemas } from './parameter-schemas.js';
import type { ToolExecution } from './tool-execution.entity.js';

/**
 * Tries a tool, whether or not it is approved: without the value of any secret, and with the hosts and modules that are approved already.
 * Only Python code can be tried so, because what other types do is done elsewhere, with all that they have there.
 */
export async function testTool(context: WriteContext, request: RepeatableRequest): Promise<ToolExecution> {
  const { tool: id, idempotencyKey = null } = request;
  if (!can(context.actor, 'tool:read')) throw notFound(`Tool ${id}`);
  const earlier = await findRepeatedExecution(context, request, true);
  if (earlier) return earlier;
  const runnable = await findRunnable(context, id, true);
  if (runnable.tool.type !== 'PYTHON_CODE')
    throw new AppError(
      'PRECONDITION_FAILED',
      'Only tools of the type PYTHON_CODE can be tried: others act elsewhere, as if they were approved',
    );
  const { whole } = parameterSchemas(runnable.version.inputSchema);
  const parameters = request.parameters ?? {};
  // There is no approver, so whoever tries it gives what an approver would.
  await checkParameters({ whole, caller: whole, approver: null, approverNames: [] }, parameters);
  return beginExecution(context, { ...runnable, parameters, idempotencyKey, isTest: true });
}
