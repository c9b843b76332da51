// npm run bench -- jobs: from asking for a job to its start, and how many trivial jobs a second, beside bare queues. See ../README.md.
import { alternating } from '../alternating.mjs';
import { median } from '../median.mjs';
import { markdownTable, rounded } from '../markdown.mjs';
import { quantile } from '../quantile.mjs';
import { numberSetting, wordsSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';
import { askAtRate, askAtOnce } from './ask-for-jobs.mjs';
import { targets } from './targets.mjs';

const rounds = numberSetting('BENCH_ROUNDS', 3);
const seconds = numberSetting('BENCH_SECONDS', 6);
const rate = numberSetting('BENCH_RATE', 20);
const jobs = numberSetting('BENCH_JOBS', 2000);
// A job with a process of its own takes a thousand times as long: fewer of them tell as much, and more at once only wait for a core.
const ownRate = numberSetting('BENCH_OWN_RATE', 5);
const ownJobs = numberSetting('BENCH_OWN_JOBS', 200);
const names = wordsSetting('BENCH_TARGETS', Object.keys(targets));

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const measured = [];
  for (let round = 0; round < rounds; round += 1) {
    const results = {};
    for (const name of alternating(names, round)) {
      const target = await targets[name].start({ databaseUrl, dataDir });
      const stop = closing.add(target.stop);
      results[name] = await measure(target, targets[name].hasProcesses ? { rate: ownRate, count: ownJobs } : { rate, count: jobs });
      await stop();
      console.log(name, JSON.stringify(results[name]));
    }
    measured.push(results);
  }
  console.log(`\n${tableOf(measured)}\n`);
});

/** The first jobs of a fresh process are not counted. */
async function measure(target, { rate, count }) {
  await askAtOnce(target, 20);
  const slow = await askAtRate(target, { rate, seconds });
  const fast = await askAtOnce(target, count);
  const waited = (key) => slow.map((job) => job[key] - job.askedAt);
  const waits = (key) => ({ p50: quantile(waited(key), 0.5), p99: quantile(waited(key), 0.99) });
  const lastEnd = Math.max(...fast.map(({ startedAt }) => startedAt));
  const firstAsk = Math.min(...fast.map(({ askedAt }) => askedAt));
  return {
    taken: waits('takenAt'),
    started: waits('startedAt'),
    accepted: quantile(
      slow.map(({ askedAt, acceptedAt }) => acceptedAt - askedAt),
      0.5,
    ),
    perSecond: (count / (lastEnd - firstAsk)) * 1000,
  };
}

function tableOf(measured) {
  const of = (name, read) => median(measured.map((round) => read(round[name], round)));
  const both = (name, key) => `${of(name, (r) => r[key].p50).toFixed(1)} / ${of(name, (r) => r[key].p99).toFixed(1)}`;
  const reference = names.includes('pg-boss') ? 'pg-boss' : names[0];
  const rows = names.map((name) => [
    targets[name].title,
    targets[name].hasProcesses ? ownRate : rate,
    of(name, (result) => result.accepted).toFixed(1),
    both(name, 'taken'),
    both(name, 'started'),
    of(name, (result, round) => result.started.p50 / round[reference].started.p50).toFixed(1),
    rounded(of(name, (result) => result.perSecond)),
    of(name, (result, round) => result.perSecond / round[reference].perSecond).toFixed(3),
  ]);
  const head = [
    'target',
    'jobs asked for a second',
    'accepted, p50 ms',
    'taken by a worker, p50 / p99 ms',
    'its code runs, p50 / p99 ms',
    `ratio of p50 to ${targets[reference].title}`,
    'jobs/s, all asked for at once',
    `ratio to ${targets[reference].title}`,
  ];
  return markdownTable(head, rows);
}
