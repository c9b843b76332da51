import { LockMode, ref } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { User } from '#domains/identity/users/user.entity.js';
import { guardOperation } from '../guard-operation.js';
import { checkSchedule } from './check-schedule.js';
import type { ScheduleValues } from './create-job-schedule.js';
import { findJobSchedule } from './find-job-schedule.js';
import type { JobSchedule } from './job-schedule.entity.js';
import { checkOwnName } from './own-schedule.js';

/** What to change of a schedule; what is left out or null stays. */
export type ScheduleChange = { id: string; expectedRevision: number } & { [Key in keyof ScheduleValues]?: ScheduleValues[Key] | null };

/** Changes a schedule; it is due anew when that changes when it is due. */
export async function updateJobSchedule(context: WriteContext, { id, expectedRevision, ...given }: ScheduleChange): Promise<JobSchedule> {
  const schedule = await findJobSchedule(context, id);
  const more = await guardOperation(context, schedule.operation, given.operation ?? schedule.operation);
  await context.em.lock(schedule, LockMode.OPTIMISTIC, expectedRevision);
  const { name, operation, cron, timezone, isEnabled } = schedule;
  Object.assign(schedule, Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)));
  checkOwnName(schedule, { name, operation });
  // So that a schedule can be switched off whose toolkit is disabled or gone.
  const isKnown = !schedule.isEnabled && given.operation == null && given.parameters == null;
  const due = await checkSchedule(context, schedule, isKnown);
  if (!schedule.isEnabled) schedule.nextRunAt = null;
  else if (!isEnabled || schedule.cron !== cron || schedule.timezone !== timezone) schedule.nextRunAt = due;
  schedule.lastError = null;
  // What it starts was checked with the rights of whoever changed it.
  schedule.runsAs = context.actor.id === null ? null : ref(context.em.getReference(User, context.actor.id));
  schedule.runsAsName = context.actor.name;
  context.record('jobs.jobSchedule.updated', schedule, more);
  return schedule;
}
