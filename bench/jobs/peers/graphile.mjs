import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const logger = new Logger(() => () => {});

/** Runs jobs with a local queue, which is what makes graphile-worker fast. */
export async function startWorker({ databaseUrl, queue, concurrency }, work) {
  const runner = await run({
    connectionString: databaseUrl,
    logger,
    noHandleSignals: true,
    preset: { worker: { concurrentJobs: concurrency, localQueue: { size: 500 } } },
    taskList: { [queue]: ({ id }) => void work(id) },
  });
  return () => runner.stop();
}

/** Adds jobs. */
export async function openProducer({ databaseUrl, queue }) {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
  return { enqueue: (id) => utils.addJob(queue, { id }), stop: () => utils.release() };
}
