export { JobWorker } from './job-worker.js';
