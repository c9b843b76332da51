import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connect = () => new Redis(process.env.BENCH_REDIS ?? 'redis://127.0.0.1:6379/9', { maxRetriesPerRequest: null });

/** Runs jobs. */
export async function startWorker({ queue, concurrency }, work) {
  const connection = connect();
  const worker = new Worker(queue, async ({ data }) => void (await work(data.id)), { connection, concurrency });
  await worker.waitUntilReady();
  return async () => {
    await worker.close();
    connection.disconnect();
  };
}

/** Adds jobs; in the end nothing of the queue is left in Redis. */
export async function openProducer({ queue }) {
  const connection = connect();
  const jobs = new Queue(queue, { connection });
  return {
    enqueue: (id) => jobs.add('job', { id }, { removeOnComplete: true }),
    async stop() {
      await jobs.obliterate({ force: true });
      await jobs.close();
      connection.disconnect();
    },
  };
}
