// node bench/fan-out/heap.mjs: which objects an idle subscriber leaves on the heap of the server, by their constructor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../child.mjs';
import { document } from '../items.mjs';
import { markdownTable } from '../markdown.mjs';
import { numberSetting, wordsSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';
import { targets } from './targets.mjs';

const sockets = numberSetting('BENCH_SOCKETS', 500);
const shown = 60;

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const client = await startChild(join(import.meta.dirname, 'client.mjs'), {});
  closing.add(client.stop);
  for (const name of wordsSetting('BENCH_TARGETS', Object.keys(targets)).slice(0, 1)) {
    const target = await targets[name].start({ databaseUrl, dataDir, nodeArgs: ['--expose-gc'] });
    closing.add(target.stop);
    const subscription = { ...(await target.renew()), document };
    await client.ask('connect', { ...subscription, count: 200 });
    const snapshot = async (label) => {
      const file = join(dataDir, `${label}.heapsnapshot`);
      await target.server.ask('heap', { file });
      return countByConstructor(JSON.parse(readFileSync(file, 'utf8')));
    };
    const before = await snapshot('before');
    await client.ask('connect', { ...subscription, count: 200 + sockets });
    const after = await snapshot('after');
    console.log(`${name}, per subscriber:\n\n${tableOf(before, after)}\n`);
    await client.ask('disconnect');
  }
});

function countByConstructor({ snapshot, nodes, strings }) {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const counts = new Map();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[type][nodes[at + type]];
    const named = ['object', 'closure', 'native', 'object shape', 'hidden', 'code', 'array'].includes(kind);
    const key = named ? `${kind} ${strings[nodes[at + name]].slice(0, 60)}` : kind;
    const known = counts.get(key) ?? { count: 0, bytes: 0 };
    counts.set(key, { count: known.count + 1, bytes: known.bytes + nodes[at + size] });
  }
  return counts;
}

function tableOf(before, after) {
  const grown = [...after].map(([key, { count, bytes }]) => {
    const was = before.get(key) ?? { count: 0, bytes: 0 };
    return { key, count: (count - was.count) / sockets, bytes: (bytes - was.bytes) / sockets };
  });
  const rows = grown
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, shown)
    .map(({ key, count, bytes }) => [key, count.toFixed(2), bytes.toFixed(0)]);
  const all = grown.reduce((sum, { bytes }) => sum + bytes, 0);
  return markdownTable(['what', 'how many', 'bytes'], [...rows, ['everything', '', all.toFixed(0)]]);
}
