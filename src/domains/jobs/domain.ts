import type { Domain } from '#core/graph/domain.js';
import { JobEvent } from './job-event.entity.js';
import { JobFile } from './job-file.entity.js';
import { JobLogLine } from './job-log-line.entity.js';
import { Job } from './job.entity.js';
import { jobFeeds } from './job.feed.js';
import { jobPolicies } from './job.policy.js';
import { JobResolver } from './job.resolver.js';
import { acceptNewJobs, jobRetentionDays } from './job.settings.js';
import { JobQueueResolver } from './queue/job-queue.resolver.js';
import { workerDerived } from './runs/worker.derived.js';
import { Worker } from './runs/worker.entity.js';
import { JobSchedule } from './schedules/job-schedule.entity.js';
import { JobScheduleResolver } from './schedules/job-schedule.resolver.js';
import { trimJobs } from './trim-jobs.js';

/** Jobs, what they tell of themselves, and the workers that run them. */
export const jobs: Domain = {
  name: 'jobs',
  entities: [Job, JobEvent, JobLogLine, JobFile, JobSchedule, Worker],
  policies: jobPolicies,
  derived: workerDerived,
  feeds: jobFeeds,
  resolvers: [JobQueueResolver, JobResolver, JobScheduleResolver],
  operations: [trimJobs],
  storedFiles: [{ table: 'job_files', folder: 'results', path: `job_id || '-' || attempt || '/' || id` }],
  settings: [acceptNewJobs, jobRetentionDays],
};
