import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { lockJob, stopJob } from '#domains/jobs/index.js';
import { eventsOfExecution } from './execution-streams.js';
import { partOf } from './part-of.js';
import { ToolExecution } from './tool-execution.entity.js';
import { isFinal } from './tool-execution-status.js';

/** Stops one of the actor's own executions, or with execution:cancel anybody's: at once when it waits, else as soon as its run can. */
export async function cancelToolExecution(given: WriteContext, id: string): Promise<ToolExecution> {
  const { em, actor } = given;
  const execution = isUuid(id) ? await em.findOne(ToolExecution, { id }) : null;
  const isOwn = execution !== null && execution.user !== null && execution.user.id === actor.id;
  if (!execution || (!isOwn && !can(actor, 'execution:read'))) throw notFound(`ToolExecution ${id}`);
  if (!isOwn && !can(actor, 'execution:cancel')) throw new AppError('FORBIDDEN', 'This needs the permission execution:cancel');
  // Its job comes first, as for whatever else moves it; from then on it stands still.
  const job = execution.job && (await lockJob(em, execution.job.id));
  await em.refresh(execution);
  if (!job || isFinal(execution.status)) throw new AppError('PRECONDITION_FAILED', `The execution has already ended: ${execution.status}`);
  const context = partOf(given, id);
  context.record('tools.toolExecution.cancelled', execution);
  await stopJob(context, job, `Cancelled by ${actor.name}`);
  context.touch(eventsOfExecution(id));
  return execution;
}
