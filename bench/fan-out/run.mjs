// npm run bench -- fan-out: one stream to many sockets, beside graphql-ws as it comes and beside prebuilt frames. See ../README.md.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../child.mjs';
import { document } from '../items.mjs';
import { median } from '../median.mjs';
import { markdownTable, rounded } from '../markdown.mjs';
import { alternating } from '../alternating.mjs';
import { numberSetting, numbersSetting, wordsSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';
import { drive } from './drive.mjs';
import { measureMemory, memoryTable } from './memory.mjs';
import { targets } from './targets.mjs';

const rounds = numberSetting('BENCH_ROUNDS', 3);
const seconds = numberSetting('BENCH_SECONDS', 3);
const sizes = numbersSetting('BENCH_SOCKETS', [1000, 5000]);
const pages = numbersSetting('BENCH_PAGES', [1, 20]);
const window = numberSetting('BENCH_WINDOW', 4);
const names = wordsSetting('BENCH_TARGETS', Object.keys(targets));
const parts = wordsSetting('BENCH_PARTS', ['throughput', 'memory']);

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const client = await startChild(join(import.meta.dirname, 'client.mjs'), {});
  closing.add(client.stop);
  const conditions = { databaseUrl, dataDir };
  if (parts.includes('throughput'))
    for (const sockets of sizes) {
      const measured = await measureThroughput({ client, conditions, closing, sockets });
      for (const perPage of pages) console.log(`\n${throughputTable(sockets, perPage, measured[perPage])}\n`);
    }
  if (parts.includes('memory')) console.log(`\n${memoryTable(await measureMemory({ names, client, conditions, sizes, closing }))}\n`);
});

async function measureThroughput({ client, conditions, closing, sockets }) {
  const running = {};
  for (const name of names) {
    const target = await targets[name].start(conditions);
    running[name] = { ...target, stop: closing.add(target.stop) };
  }
  const measured = Object.fromEntries(pages.map((perPage) => [perPage, []]));
  for (let round = 0; round < rounds; round += 1) {
    const results = {};
    for (const name of alternating(names, round)) results[name] = await measureTarget({ target: running[name], client, sockets });
    for (const perPage of pages) {
      measured[perPage].push(Object.fromEntries(names.map((name) => [name, results[name][perPage]])));
      console.log(`${sockets} sockets, ${perPage} a page`, JSON.stringify(measured[perPage].at(-1)));
    }
  }
  for (const { stop } of Object.values(running)) await stop();
  return measured;
}

async function measureTarget({ target, client, sockets }) {
  await client.ask('connect', { ...(await target.renew()), document, count: sockets });
  // What follows its first page is not to be measured: who follows together meets now.
  await wait(500);
  const results = {};
  const common = { target, client, sockets, window };
  let { position } = await drive({ ...common, position: 0, perPage: 1, seconds: 1 });
  for (const perPage of pages) {
    results[perPage] = await drive({ ...common, position, perPage, seconds });
    position = results[perPage].position;
  }
  await client.ask('disconnect');
  return results;
}

function throughputTable(sockets, perPage, measured) {
  const of = (name, read) => median(measured.map((round) => read(round[name], round)));
  const rows = names.map((name) => [
    targets[name].title,
    rounded(of(name, (result) => result.itemsPerSecond)),
    rounded(of(name, (result) => result.messagesPerSecond)),
    ...['stock', 'raw'].map((peer) =>
      names.includes(peer) ? of(name, (result, round) => result.itemsPerSecond / round[peer].itemsPerSecond).toFixed(2) : '-',
    ),
    of(name, (result) => result.cpuUsPerItem).toFixed(1),
    of(name, (result) => result.cpuUsPerMessage).toFixed(1),
    ...['stock', 'raw'].map((peer) =>
      names.includes(peer) ? of(name, (result, round) => round[peer].cpuUsPerItem / result.cpuUsPerItem).toFixed(2) : '-',
    ),
    of(name, (result) => result.clientUsPerMessage).toFixed(1),
    rounded(of(name, (result) => result.p50Ms)),
    rounded(of(name, (result) => result.p99Ms)),
    rounded(of(name, (result) => result.bytesPerItem)),
  ]);
  const head = [
    `${rounded(sockets)} sockets, ${perPage === 1 ? '1 item' : `${perPage} items`} published at once`,
    'items/s',
    'messages/s',
    'ratio to graphql-ws',
    'ratio to prebuilt frames',
    'server CPU µs/item',
    'µs/message',
    'items per CPU, ratio to graphql-ws',
    'to prebuilt frames',
    'client µs/message',
    'p50 ms',
    'p99 ms',
    'bytes/item',
  ];
  return markdownTable(head, rows);
}
