import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkRequest } from '../queue/check-request.js';
import type { JobSchedule } from './job-schedule.entity.js';
import { nextDue } from './next-due.js';

/**
 * Checks what a schedule says; bad input names all that is wrong. Returns when it is due next. `isKnown` leaves out whether its operation
 * takes its parameters now: one that runs nothing may stand there as it is.
 */
export async function checkSchedule(
  context: WriteContext,
  { cron, timezone, operation, parameters }: Pick<JobSchedule, 'cron' | 'timezone' | 'operation' | 'parameters'>,
  isKnown = false,
): Promise<Date> {
  const problems = new Problems();
  const note = (error: unknown): void => {
    if (!(error instanceof AppError) || error.code !== 'BAD_USER_INPUT') throw error;
    problems.add(error.message, ...(error.details.paths ?? []));
  };
  let due = context.now;
  try {
    due = nextDue(cron, timezone, context.now);
  } catch (error) {
    note(error);
  }
  if (!isKnown) await checkRequest(context, operation, parameters as Record<string, unknown>, { nameAt: 'input.operation' }).catch(note);
  problems.throwIfAny();
  return due;
}
