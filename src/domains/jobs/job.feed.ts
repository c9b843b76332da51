import { feed } from '#core/graph/feed.js';
import { JobEvent } from './job-event.entity.js';
import { JobLogLine } from './job-log-line.entity.js';
import { Job } from './job.entity.js';

/** What can be followed of jobs. */
export const jobFeeds = [
  feed({ name: 'jobProgress', item: JobEvent, subject: { arg: 'jobId', of: Job }, description: 'Steps of one job, until it has ended' }),
  feed({
    name: 'jobLogs',
    item: JobLogLine,
    subject: { arg: 'jobId', of: Job },
    description: 'Lines of one job, until it has ended and all of them are there',
  }),
  feed({ name: 'jobEvents', item: JobEvent, description: 'Steps of all jobs that the caller may see' }),
];
