import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startChild } from '../child.mjs';
import { enqueue, startProduct } from '../product.mjs';

const peers = {
  'pg-boss': () => import('./peers/pg-boss.mjs'),
  graphile: () => import('./peers/graphile.mjs'),
  bullmq: () => import('./peers/bullmq.mjs'),
};

/**
 * What is compared. Each starts a process that runs jobs and resolves with `enqueue()`, which gives the id of a new job, and with
 * `starts(ids)`, which tells of those that have run when a worker took them and when their code began.
 */
export const targets = {
  signalbox: { title: 'Signalbox', hasProcesses: true, start: startSignalbox },
  'pg-boss': { title: 'pg-boss', start: (conditions) => startPeer('pg-boss', {}, conditions) },
  graphile: { title: 'graphile-worker', start: (conditions) => startPeer('graphile', {}, conditions) },
  bullmq: { title: 'BullMQ', start: (conditions) => startPeer('bullmq', {}, conditions) },
  processes: {
    title: 'pg-boss, a Node.js process for each job',
    hasProcesses: true,
    start: (conditions) => startPeer('pg-boss', { WITH_PROCESSES: 'true' }, conditions),
  },
};

async function startSignalbox({ databaseUrl, dataDir }) {
  const server = await startProduct({ databaseUrl, dataDir, ROLE: process.env.BENCH_ROLE ?? 'all' }, { nodeArgs: [] });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    enqueue: async () => (await enqueue(server, 'bench.nothing')).id,
    async starts(ids) {
      const { rows } = await client.query(
        `select id, extract(epoch from started_at)::float8 * 1000 as taken, (result->>'startedAt')::float8 as started
         from jobs where id = any($1::uuid[]) and status = 'SUCCEEDED'`,
        [ids],
      );
      return new Map(rows.map(({ id, taken, started }) => [id, { takenAt: taken, startedAt: started }]));
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}

async function startPeer(name, more, { databaseUrl }) {
  const { openProducer } = await peers[name]();
  const queue = `bench-${randomUUID()}`;
  const worker = await startChild(join(import.meta.dirname, 'worker.mjs'), {
    PEER: name,
    BENCH_DATABASE: databaseUrl,
    QUEUE: queue,
    ...more,
  });
  const producer = await openProducer({ databaseUrl, queue });
  const known = new Map();
  return {
    async enqueue() {
      const id = randomUUID();
      await producer.enqueue(id);
      return id;
    },
    async starts(ids) {
      for (const [id, startedAt] of await worker.ask('starts')) known.set(id, { takenAt: startedAt, startedAt });
      return new Map(ids.filter((id) => known.has(id)).map((id) => [id, known.get(id)]));
    },
    async stop() {
      await producer.stop();
      await worker.stop();
    },
  };
}
