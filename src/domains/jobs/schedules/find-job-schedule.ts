import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { JobSchedule } from './job-schedule.entity.js';

/** Finds a schedule to change, and locks it. */
export async function findJobSchedule({ em }: WriteContext, id: string): Promise<JobSchedule> {
  const schedule = isUuid(id) ? await em.findOne(JobSchedule, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!schedule) throw notFound(`JobSchedule ${id}`);
  return schedule;
}
