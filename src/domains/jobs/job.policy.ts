import { sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { policy, visibleThrough } from '#core/policy/policy.js';
import { JobEvent } from './job-event.entity.js';
import { JobFile } from './job-file.entity.js';
import { JobLogLine } from './job-log-line.entity.js';
import { Job } from './job.entity.js';
import { JobSchedule } from './schedules/job-schedule.entity.js';
import { Worker } from './runs/worker.entity.js';

/** Who sees jobs: who asked for them, and holders of job:read; their events, lines and files are seen with them. */
export const jobPolicies = [
  policy(
    Job,
    (actor, alias) => can(actor, 'job:read') || (actor.id !== null && sql`${sql.ref(`${alias}.requested_by_id`)} = ${actor.id}::uuid`),
  ),
  policy(
    JobEvent,
    visibleThrough(() => Job, 'job_id'),
  ),
  policy(
    JobLogLine,
    visibleThrough(() => Job, 'job_id'),
  ),
  policy(
    JobFile,
    visibleThrough(() => Job, 'job_id'),
  ),
  policy(JobSchedule, (actor) => can(actor, 'job:read') || can(actor, 'schedule:manage')),
  policy(Worker, (actor) => can(actor, 'job:read')),
];
