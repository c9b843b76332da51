import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { isOwnName } from '#core/jobs/own-slugs.js';
import { can } from '#core/policy/actor.js';
import { findActor } from '#domains/identity/index.js';
import { checkRequest } from './check-request.js';

/** What a schedule is about to start, and with whose rights. */
export interface ScheduledRequest {
  operation: string;
  parameters: Record<string, unknown>;
  userId: string | null;
  username: string;
}

/**
 * Refuses to start what nobody may start any more: a schedule has the rights of its user as they are now. Signalbox's own operations need
 * none.
 */
export async function checkRights(context: WriteContext, { operation, parameters, userId, username }: ScheduledRequest): Promise<void> {
  if (isOwnName(operation)) return;
  const actor = userId === null ? null : await findActor(context.em, userId, context.services);
  const remedy = 'somebody who may start it can change the schedule, and it then runs with their rights';
  if (!actor) throw new AppError('PRECONDITION_FAILED', `It runs with the rights of ${username}, who is deactivated or deleted; ${remedy}`);
  if (!can(actor, 'schedule:manage'))
    throw new AppError('FORBIDDEN', `It runs with the rights of ${username}, who may not manage schedules any more; ${remedy}`);
  await checkRequest({ ...context, actor }, operation, parameters);
}
