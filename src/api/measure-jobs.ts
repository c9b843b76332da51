import { executeSql } from '#core/database/sql.js';
import type { GraphSystem } from '#core/graph/context.js';
import { Operations } from '#core/jobs/operations.js';
import type { Metrics } from '#core/server/metrics.js';
import { queueState, type QueueState, type RunObserver } from '#domains/jobs/index.js';

const freshMs = 1_000;
const waitBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const runBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];

/** Adds what is measured of jobs: how the queues of the installation stand, and the runs of this process. Returns who hears of those. */
export function measureJobs(metrics: Metrics, { database, services }: GraphSystem): RunObserver {
  const operations = services.get(Operations);
  let readAt = -freshMs;
  let reading: Promise<QueueState[]> = Promise.resolve([]);
  // Each look at the metrics reads once for all of these.
  const states = (): Promise<QueueState[]> => {
    if (performance.now() - readAt >= freshMs) {
      readAt = performance.now();
      reading = executeSql<QueueState>(database.fork(), queueState(operations.queues));
    }
    return reading;
  };
  const byQueue = (of: 'waiting' | 'running' | 'parked') => async () =>
    (await states()).map((state): [string, number] => [state.name, state[of]]);
  metrics.gauges(
    'signalbox_jobs_waiting',
    'Jobs of the installation that wait for a worker or their next run',
    'queue',
    byQueue('waiting'),
  );
  metrics.gauges('signalbox_jobs_running', 'Jobs of the installation that run', 'queue', byQueue('running'));
  metrics.gauges('signalbox_jobs_parked', 'Jobs of the installation that wait for a place of their operation', 'queue', byQueue('parked'));

  const waits = metrics.seconds(
    'signalbox_job_wait_seconds',
    'From the request of a job to its first run in this process',
    ['operation'],
    waitBuckets,
  );
  const runs = metrics.seconds('signalbox_job_run_seconds', 'Time of a run in this process', ['operation', 'outcome'], runBuckets);
  const known = (operation: string): string => (operations.find(operation) ? operation : 'unknown');
  return {
    began: (operation, waitedMs) => waits.observe({ operation: known(operation) }, Math.max(waitedMs, 0) / 1000),
    ended: (operation, outcome, ranMs) => runs.observe({ operation: known(operation), outcome }, ranMs / 1000),
  };
}
