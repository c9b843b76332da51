import type { Sample } from '../check/check-leaks.ts';
import type { ChaosOptions } from '../options.ts';
import type { Outcome } from './play.ts';

/** Says in words and numbers what a run did and what it found. */
export function summary({ minutes, seed, redis, sse }: ChaosOptions, { problems, tally, folder }: Outcome): string {
  const late = [...tally.catchUpMs].sort((one, other) => one - other);
  const faults = Object.entries(tally.faults).sort(([, one], [, other]) => other - one);
  const jobs = Object.entries(tally.jobs).map(([status, count]) => `${count} ${status}`);
  return [
    `Seed ${seed}, ${minutes} min${redis ? ', with Redis' : ''}${sse ? ', with server-sent events' : ''}: ${problems.length === 0 ? 'everything is as it must be' : 'PROBLEMS'}`,
    `${tally.rounds} rounds in ${tally.acts} acts; ${tally.restarts} starts of processes after the first`,
    ...faults.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`),
    `Jobs: ${jobs.join(', ')}; ${tally.attempts} attempts; ${tally.rows} lines and steps; ${tally.directEvents} events by overlapping transactions`,
    `Compared: ${tally.items} items of ${tally.followers} followers of jobs, ${tally.events} events of followers of all jobs`,
    `${tally.reconnects} reconnects, ${tally.retries} repeated requests; caught up after ${late[Math.floor(late.length / 2)] ?? 0} ms in the middle, ${late.at(-1) ?? 0} ms at most`,
    `The API that was never ended, empty and quiet:`,
    `     min     RSS    heap  files  sockets  listeners  connections to the database`,
    ...tally.samples.map(rowOf),
    ...problems.slice(0, 40).map((problem) => `PROBLEM ${problem}`),
    ...(problems.length > 40 ? [`and ${problems.length - 40} more`] : []),
    ...(folder ? [`The logs of the processes are in ${folder}; --seed ${seed} draws the same faults again`] : []),
  ].join('\n');
}

const rowOf = ({ minutes, rssMb, heapMb, files, sockets, listeners, databaseConnections }: Sample): string =>
  [
    minutes.toFixed(1).padStart(8),
    `${rssMb.toFixed(0)} MB`.padStart(8),
    `${heapMb.toFixed(1)} MB`.padStart(8),
    String(files).padStart(7),
    String(sockets).padStart(9),
    String(listeners).padStart(11),
    String(databaseConnections).padStart(9),
  ].join('');
