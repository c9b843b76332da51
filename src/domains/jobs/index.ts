export { findJobFile } from './find-job-file.js';
export { JobWorker } from './job-worker.js';
