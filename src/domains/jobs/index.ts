export { JobWorker } from './job-worker.js';
export { TelemetryExchange } from './telemetry-exchange.js';
