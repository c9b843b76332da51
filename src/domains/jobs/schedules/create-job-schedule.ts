import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { User } from '#domains/identity/users/user.entity.js';
import { guardOperation } from '../guard-operation.js';
import { checkSchedule } from './check-schedule.js';
import { JobSchedule } from './job-schedule.entity.js';
import { checkOwnName } from './own-schedule.js';

/** What a schedule says. */
export type ScheduleValues = Pick<JobSchedule, 'name' | 'operation' | 'cron' | 'timezone' | 'parameters' | 'priority' | 'isEnabled'>;

/** Creates a schedule. */
export async function createJobSchedule(context: WriteContext, values: ScheduleValues): Promise<JobSchedule> {
  const { em, actor, record } = context;
  const more = await guardOperation(context, values.operation);
  checkOwnName(values);
  const due = await checkSchedule(context, values);
  const schedule = Object.assign(new JobSchedule(), values, { id: newId(declarationOf(JobSchedule).type) });
  schedule.nextRunAt = values.isEnabled ? due : null;
  schedule.createdBy = actor.id === null ? null : ref(em.getReference(User, actor.id));
  schedule.createdByName = actor.name;
  schedule.runsAs = schedule.createdBy;
  schedule.runsAsName = actor.name;
  em.persist(schedule);
  record('jobs.jobSchedule.created', schedule, more);
  return schedule;
}
