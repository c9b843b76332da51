import { PgBoss } from 'pg-boss';

const quiet = { supervise: false, schedule: false };

// A worker that is not woken polls: batches of two and more are what keeps it fetching while there is work.
/** Runs jobs as pg-boss is used best for small ones: woken by NOTIFY, and fetching on while batches come full. */
export async function startWorker({ databaseUrl, queue, concurrency }, work) {
  const boss = new PgBoss({ connectionString: databaseUrl, useListenNotify: true, ...quiet });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue(queue, { notify: true });
  const options = { batchSize: concurrency, localConcurrency: 2, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
  await boss.work(queue, options, (jobs) => Promise.all(jobs.map(({ data }) => work(data.id))));
  return () => boss.stop({ graceful: false });
}

/** Sends jobs. */
export async function openProducer({ databaseUrl, queue }) {
  const boss = new PgBoss({ connectionString: databaseUrl, migrate: false, ...quiet });
  boss.on('error', console.error);
  await boss.start();
  return { enqueue: (id) => boss.send(queue, { id }), stop: () => boss.stop({ graceful: false }) };
}
