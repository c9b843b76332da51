import { setTimeout as wait } from 'node:timers/promises';
import { document } from '../items.mjs';
import { markdownTable, rounded } from '../markdown.mjs';
import { targets } from './targets.mjs';

const warmed = 200;
const settleMs = 2_000;

/** How much a subscriber that only waits costs each target: memory after a collection, with more and more of them, each of a fresh process. */
export async function measureMemory({ names, client, conditions, sizes, closing }) {
  const measured = {};
  for (const name of names) {
    const target = await targets[name].start({ ...conditions, nodeArgs: ['--expose-gc'] });
    const stop = closing.add(target.stop);
    const subscription = { ...(await target.renew()), document };
    // Code is compiled and pools are filled by the first ones, once.
    await client.ask('connect', { ...subscription, count: warmed });
    await client.ask('disconnect');
    const before = await memoryOf(target);
    measured[name] = [];
    for (const count of sizes) {
      await client.ask('connect', { ...subscription, count });
      const now = await memoryOf(target);
      const kib = (part) => (now[part] - before[part]) / 1024 / count;
      measured[name].push({ count, rss: kib('rss'), heap: kib('heapUsed'), external: kib('external') });
      console.log(name, JSON.stringify(measured[name].at(-1)));
    }
    await client.ask('disconnect');
    await stop();
  }
  return measured;
}

async function memoryOf({ server }) {
  await wait(settleMs);
  return server.ask('memory');
}

/** One row per target and number of subscribers. */
export function memoryTable(measured) {
  const rows = Object.entries(measured).flatMap(([name, sizes]) =>
    sizes.map(({ count, rss, heap, external }) => [
      targets[name].title,
      rounded(count),
      rss.toFixed(1),
      heap.toFixed(1),
      external.toFixed(1),
    ]),
  );
  return markdownTable(['idle subscribers', 'how many', 'RSS KiB each', 'JavaScript heap KiB', 'external KiB'], rows);
}
