export { enqueueJob, type JobRequest } from './enqueue-job.js';
export { JobWorker } from './job-worker.js';
