// npm run bench -- logs: the lines that a job prints, stored and delivered to a tail, beside a plain bulk insert. See ../README.md.
import { join } from 'node:path';
import pg from 'pg';
import { alternating } from '../alternating.mjs';
import { startChild } from '../child.mjs';
import { databasePid } from '../cpu.mjs';
import { median } from '../median.mjs';
import { markdownTable, rounded } from '../markdown.mjs';
import { summarizeProfile } from '../profile-summary.mjs';
import { productSettings, startProduct } from '../product.mjs';
import { numberSetting, numbersSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';
import { insertInBulk, inserts } from './bulk-insert.mjs';
import { printLines } from './print-lines.mjs';

const rounds = numberSetting('BENCH_ROUNDS', 2);
const sizes = numbersSetting('BENCH_LINES', [100_000, 1_000_000]);
const isApart = process.env.BENCH_ROLE !== 'all';
const isProfiled = process.env.BENCH_PROFILE === 'true';
const names = [...Object.keys(inserts), 'job'];
const main = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const server = await startProduct({ databaseUrl, dataDir, ROLE: isApart ? 'api' : 'all' }, { nodeArgs: [] });
  closing.add(server.stop);
  const worker = isApart ? await startWorker({ databaseUrl, dataDir }) : server;
  if (isApart) closing.add(worker.stop);
  const tail = await startChild(join(import.meta.dirname, 'tail.mjs'), {}, { nodeArgs: [] });
  closing.add(tail.stop);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  closing.add(() => client.end());

  const processes = { server, worker, tail, database: { pid: await databasePid(databaseUrl) } };
  await printLines({ ...processes, client, lines: 2_000 });
  for (const lines of sizes) {
    const measured = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await measureRound({ processes, client, lines, round }));
    console.log(`\n${tableOf(lines, measured)}\n`);
  }
  if (isProfiled) await profile({ processes, client, dataDir });
});

async function measureRound({ processes, client, lines, round }) {
  const results = {};
  for (const name of alternating(names, round)) {
    results[name] =
      name === 'job' ? await printLines({ ...processes, client, lines }) : await insertInBulk({ ...processes, client, name, lines });
    console.log(lines, name, JSON.stringify(results[name]));
    await client.query('truncate job_log_lines, bench_lines');
    await client.query('checkpoint');
  }
  return results;
}

async function profile({ processes, client, dataDir }) {
  const { server, worker } = processes;
  const lines = sizes.at(-1);
  const programs = isApart ? { worker, server } : { server };
  for (const program of Object.values(programs)) await program.ask('startProfile');
  await printLines({ ...processes, client, lines });
  for (const [name, program] of Object.entries(programs)) {
    const file = join(dataDir, `${name}.cpuprofile`);
    await program.ask('stopProfile', { file });
    console.log(`\n${name}, ${rounded(lines)} lines:\n\n${summarizeProfile(file)}\n`);
  }
}

function startWorker(conditions) {
  // A worker says no address; the name of its role is followed by a full stop.
  return startChild(main, productSettings({ ...conditions, ROLE: 'worker' }), { nodeArgs: [], ready: /worker is running/ });
}

function tableOf(lines, measured) {
  const of = (name, read) => median(measured.map((round) => read(round[name], round)));
  const best = (round) => Math.max(...Object.keys(inserts).map((name) => round[name].perSecond));
  const row = (title, name, key, cpu) => [
    title,
    rounded(of(name, (result) => result[key])),
    of(name, (result, round) => result[key] / best(round)).toFixed(2),
    cpu ? of(name, (result) => result[cpu]).toFixed(1) : '-',
    of(name, (result) => result.databaseUsPerLine).toFixed(1),
  ];
  const rows = [
    ...Object.entries(inserts).map(([name, { title }]) => row(title, name, 'perSecond')),
    row('a job prints: stored', 'job', 'storedPerSecond', 'workerUsPerLine'),
    row('a job prints: delivered to a tail, complete and in order', 'job', 'deliveredPerSecond', 'serverUsPerLine'),
  ];
  return markdownTable(
    [`${rounded(lines)} lines`, 'lines/s', 'share of the faster insert', 'CPU µs/line of its process', 'of the database'],
    rows,
  );
}
