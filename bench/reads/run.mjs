// npm run bench -- reads: how fast the graph reads, beside its peers over the same database in the same run. See ../README.md.
import { writeFileSync } from 'node:fs';
import { checkAnswers } from './answers.mjs';
import { openClosing } from '../closing.mjs';
import { databasePid } from '../cpu.mjs';
import { withDatabase } from '../with-database.mjs';
import { readOptions } from './options.mjs';
import { runRounds } from './rounds.mjs';
import { seed } from './seed.mjs';
import { makeTable } from './table.mjs';
import { loadTargets } from './targets.mjs';

const options = readOptions(process.env, process.argv.slice(2));

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const modules = await loadTargets(options.targets);
  // The tables of Signalbox come first, by its migrations; those of the bench stand beside them.
  for (const { prepare } of Object.values(modules)) await prepare?.({ databaseUrl, dataDir });
  const { callerId } = await seed(databaseUrl);

  const sections = [`Medians of ${options.rounds} rounds, ${options.seconds} s each, over 32 connections.`];
  for (const policy of options.policies) {
    const table = await benchAll(modules, { databaseUrl, dataDir, withPolicy: policy === 'on', callerId }, closing);
    sections.push(`## ${policy === 'on' ? 'With' : 'Without'} row policy\n\n${table}`);
    console.log(`\n${sections.at(-1)}\n`);
  }
  if (options.out) writeFileSync(options.out, `${sections.join('\n\n')}\n`);
});

async function benchAll(modules, conditions, closing) {
  const running = openClosing();
  closing.add(running.close);
  const targets = {};
  for (const [name, { start }] of Object.entries(modules)) {
    targets[name] = await start(conditions);
    running.add(targets[name].stop);
  }
  const answers = await checkAnswers(targets, conditions);
  for (const name of Object.keys(targets)) targets[name].answers = answers[name];

  const postmaster = await databasePid(conditions.databaseUrl);
  const measured = {};
  for (const query of options.queries) {
    const onMeasured = (result) => console.log(conditions.withPolicy ? 'with policy' : 'without policy', query, JSON.stringify(result));
    measured[query] = await runRounds({ ...options, targets, query, databasePid: postmaster, onMeasured });
  }
  await running.close();
  const names = Object.keys(targets);
  return makeTable({ measured, targets: names, reference: names.includes('postgraphile') ? 'postgraphile' : names[0] });
}
