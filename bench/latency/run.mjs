// npm run bench -- latency: from the commit of an append to its arrival at a socket. See ../README.md.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { settings } from '../../dist/src/config.js';
import { startChild } from '../child.mjs';
import { median } from '../median.mjs';
import { markdownTable, rounded } from '../markdown.mjs';
import { enqueue, productSettings, startProduct } from '../product.mjs';
import { quantile } from '../quantile.mjs';
import { numberSetting, numbersSetting, wordsSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';

const rounds = numberSetting('BENCH_ROUNDS', 2);
const seconds = numberSetting('BENCH_SECONDS', 4);
const rates = numbersSetting('BENCH_RATES', [100, 10_000]);
const streams = numbersSetting('BENCH_STREAMS', [1, 100]);
const subscribers = numbersSetting('BENCH_SOCKETS', [1, 100]);
const bells = wordsSetting('BENCH_BELL', 'REDIS_URL' in settings.shape ? ['postgres', 'redis'] : ['postgres']);
const redis = process.env.BENCH_REDIS ?? 'redis://127.0.0.1:6379/9';
const here = (name) => join(import.meta.dirname, name);

const documents = {
  one: 'subscription($jobId: ID!) { jobLogs(jobId: $jobId) { items { seq text } cursor } }',
  many: 'subscription { jobEvents { items { seq message } cursor } }',
};

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const client = await startChild(here('client.mjs'), {});
  closing.add(client.stop);
  const measured = new Map();
  for (let round = 0; round < rounds; round += 1)
    for (const bell of round % 2 === 0 ? bells : bells.toReversed()) {
      const conditions = { databaseUrl, dataDir, ...(bell === 'redis' && { REDIS_URL: redis }) };
      const server = await startProduct(conditions, { nodeArgs: [] });
      const stopServer = closing.add(server.stop);
      const writer = await startChild(here('writer.mjs'), productSettings({ ...conditions, ROLE: 'api' }), { nodeArgs: [] });
      const stopWriter = closing.add(writer.stop);
      for (const load of loads()) {
        const result = await measure({ server, writer, client, ...load });
        const key = JSON.stringify({ bell, ...load });
        measured.set(key, [...(measured.get(key) ?? []), result]);
        console.log(key, JSON.stringify(result));
      }
      await stopWriter();
      await stopServer();
    }
  console.log(`\n${tableOf(measured)}\n`);
});

function loads() {
  return rates.flatMap((rate) => streams.flatMap((count) => subscribers.map((sockets) => ({ rate, streams: count, sockets }))));
}

async function measure({ server, writer, client, rate, streams, sockets }) {
  const jobIds = [];
  for (let i = 0; i < streams; i += 1) jobIds.push((await enqueue(server, 'bench.nothing')).id);
  const [document, variables] = streams === 1 ? [documents.one, { jobId: jobIds[0] }] : [documents.many, {}];
  // The beginnings of the jobs are not to come among what is measured.
  await wait(1_000);
  await client.ask('connect', { url: server.url, token: server.token, document, variables, count: sockets });
  await wait(500);
  const { commits, achieved } = await writer.ask('write', { jobIds, rate, seconds });
  const arrivals = await client.ask('arrivals', { items: commits.length });
  await client.ask('disconnect');
  const waited = arrivals.flatMap((times) => times.map((at, n) => at - commits[n]));
  return { p50: quantile(waited, 0.5), p99: quantile(waited, 0.99), achieved };
}

function tableOf(measured) {
  const rows = [...measured].map(([key, results]) => {
    const { bell, rate, streams, sockets } = JSON.parse(key);
    const of = (read) => median(results.map(read));
    return [
      bell === 'redis' ? 'Redis' : 'PostgreSQL',
      streams === 1 ? 'lines of one job' : `events of ${streams} jobs`,
      rounded(rate),
      rounded(of(({ achieved }) => achieved)),
      rounded(sockets),
      of(({ p50 }) => p50).toFixed(1),
      of(({ p99 }) => p99).toFixed(1),
    ];
  });
  return markdownTable(['bell', 'feed', 'items/s asked for', 'written', 'sockets', 'p50 ms', 'p99 ms'], rows);
}
