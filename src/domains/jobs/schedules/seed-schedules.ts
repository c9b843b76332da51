import type { WriteContext } from '#core/feed/write.js';
import { ownName } from '#core/jobs/as-operation.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { JobSchedule } from './job-schedule.entity.js';
import { nextDue } from './next-due.js';

/** Makes the schedules of Signalbox's own operations that are missing; one that is there stays as people want it. */
export async function seedSchedules({ em, actor, now, record }: WriteContext, operations: readonly OwnOperation[]): Promise<void> {
  for (const operation of operations) {
    const name = ownName(operation);
    const { cron } = operation;
    if (cron === undefined) continue;
    const present = await em.findOne(JobSchedule, { name });
    if (present?.operation === name) continue;
    const values = {
      operation: name,
      cron,
      timezone: 'UTC',
      parameters: {},
      priority: 0,
      isEnabled: true,
      nextRunAt: nextDue(cron, 'UTC', now),
      runsAs: null,
      runsAsName: actor.name,
    } satisfies Partial<JobSchedule>;
    if (present) {
      // An earlier version let people put another one in its place: nothing of that is what people want of this one.
      record('jobs.jobSchedule.updated', Object.assign(present, values), { severity: 'HIGH' });
      continue;
    }
    const id = newId(declarationOf(JobSchedule).type);
    const schedule = Object.assign(new JobSchedule(), { id, name, createdByName: actor.name, ...values });
    em.persist(schedule);
    record('jobs.jobSchedule.created', schedule);
  }
}
