import { randomUUID } from 'node:crypto';
import { mutated } from '../mutation.js';
import { aJob } from '../planted.js';
import type { Examples, Stage } from './example.js';

const schedule = (): object => ({ name: `made ${randomUUID()}`, operation: 'upkeep.trimJobs', cron: '0 4 * * *' });
const aSchedule = async ({ app, root }: Stage): Promise<string> =>
  (await mutated(app, 'createJobSchedule', schedule(), root, 'jobSchedule { id }')).jobSchedule.id;

/** Examples of what the jobs domain offers. */
export const jobExamples: Examples = {
  enqueueJob: () => ({ args: { input: { name: 'upkeep.trimJobs' } } }),
  cancelJob: async ({ app, caller }) => ({ args: { input: { id: (await aJob(app, caller!.id)).id } } }),
  // A job of one's own runs again with the right to start jobs.
  retryJob: async ({ app, caller, may }) => {
    const job = await aJob(app, caller!.id, { name: 'upkeep.trimJobs', status: 'FAILED' });
    return { args: { input: { id: job.id } }, code: may('job:enqueue') ? undefined : 'FORBIDDEN' };
  },
  jobQueues: () => ({ isNull: false }),
  createJobSchedule: () => ({ args: { input: schedule() } }),
  updateJobSchedule: async (stage) => ({ args: { input: { id: await aSchedule(stage), expectedRevision: 1, isEnabled: false } } }),
  deleteJobSchedule: async (stage) => ({ args: { input: { id: await aSchedule(stage) } } }),
  jobLogs: async ({ app, caller }) => ({ args: { jobId: (await aJob(app, caller!.id, { lines: 1 })).id, last: 1 } }),
  jobProgress: async ({ app, caller }) => ({ args: { jobId: (await aJob(app, caller!.id)).id, last: 1 } }),
};
