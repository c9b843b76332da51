export { JobRetention } from './job-retention.js';
export { JobWorker } from './job-worker.js';
export { TelemetryExchange } from './telemetry-exchange.js';
export { queueState, type QueueState } from './queue-state.js';
export type { RunObserver } from './run-observer.js';
export { seedSchedules } from './seed-schedules.js';
