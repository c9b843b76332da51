// npm run bench: how fast the graph reads, as a ratio to hand-written SQL over the same database in the same run.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../dist/src/core/database/embedded/start-embedded-postgres.js';
import { measure } from './measure.mjs';
import { seed } from './seed.mjs';
import { startHandwritten } from './handwritten.mjs';
import { startSignalbox } from './signalbox.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const dataDir = join(tmpdir(), `signalbox-bench-${process.pid}`);
const database = await startEmbeddedPostgres({ dataDir });
const stops = [() => database.stop(), () => rmSync(dataDir, { recursive: true, force: true })];
try {
  const signalbox = await startSignalbox(database.url, dataDir);
  stops.unshift(signalbox.stop);
  await seed(database.url);
  const handwritten = await startHandwritten(database.url);
  stops.unshift(handwritten.stop);

  const ratios = [];
  const rates = { signalbox: [], handwritten: [] };
  for (let round = 0; round < rounds; round += 1) {
    // In pairs and in changing order, because a machine is not equally fast all the time.
    const pair = {};
    for (const [name, target] of round % 2
      ? [
          ['handwritten', handwritten],
          ['signalbox', signalbox],
        ]
      : [
          ['signalbox', signalbox],
          ['handwritten', handwritten],
        ])
      pair[name] = await measure(target);
    for (const name of Object.keys(rates)) rates[name].push(pair[name]);
    ratios.push(pair.signalbox / pair.handwritten);
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  console.log(`nested read: 20 jobs, 5 newest events each, who asked for them; 32 connections; medians of ${rounds} paired rounds`);
  console.table({
    'Signalbox, as an administrator': { 'requests/s': Math.round(median(rates.signalbox)), ratio: Number(median(ratios).toFixed(3)) },
    'node:http and one json_agg statement': { 'requests/s': Math.round(median(rates.handwritten)), ratio: 1 },
  });
} finally {
  for (const stop of stops) await stop();
}
