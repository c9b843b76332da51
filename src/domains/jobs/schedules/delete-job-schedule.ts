import type { WriteContext } from '#core/feed/write.js';
import { guardOperation } from '../guard-operation.js';
import { findJobSchedule } from './find-job-schedule.js';

/** Deletes a schedule; the jobs that it started stay. Returns its id. */
export async function deleteJobSchedule(context: WriteContext, id: string): Promise<string> {
  const schedule = await findJobSchedule(context, id);
  const more = await guardOperation(context, schedule.operation);
  context.em.remove(schedule);
  context.record('jobs.jobSchedule.deleted', schedule, more);
  return id;
}
