import { setTimeout as wait } from 'node:timers/promises';
import { cpuMs } from '../cpu.mjs';
import { enqueue } from '../product.mjs';

const document =
  'subscription Tail($jobId: ID!, $after: String!) { jobLogs(jobId: $jobId, after: $after) { items { seq text } state total } }';
const patienceMs = 240_000;

/**
 * Has a job print lines, with a tail from the beginning. Counted from the first line that the worker got: until the job's end is stored,
 * and until the tail has everything. The tail fails when a line is missing, doubled, out of order or not what was printed.
 */
export async function printLines({ server, worker, tail, client, database, lines }) {
  const before = cpuOf({ worker, server, database });
  const { id, cursor } = await enqueue(server, 'bench.print', { lines });
  const { url, token } = server;
  const { doneAt } = await tail.ask('follow', { url, token, document, variables: { jobId: id, after: cursor }, lines, patienceMs });
  const job = await ended(client, id);
  const after = cpuOf({ worker, server, database });
  const usPerLine = (name) => ((after[name] - before[name]) * 1000) / lines;
  if (Number(job.stored) !== lines || Number(job.last) !== lines) throw new Error(`${job.stored} lines are stored, not ${lines}`);
  return {
    storedPerSecond: (lines / (job.finished - job.began)) * 1000,
    deliveredPerSecond: (lines / (doneAt - job.began)) * 1000,
    workerUsPerLine: usPerLine('worker'),
    serverUsPerLine: usPerLine('server'),
    databaseUsPerLine: usPerLine('database'),
  };
}

const cpuOf = (processes) => Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, cpuMs(pid)]));

async function ended(client, id) {
  for (;;) {
    const { rows } = await client.query('select status, error from jobs where id = $1', [id]);
    if (rows[0].status === 'SUCCEEDED') break;
    if (rows[0].status === 'FAILED') throw new Error(rows[0].error);
    await wait(20);
  }
  const { rows } = await client.query(
    `select extract(epoch from j.finished_at)::float8 * 1000 as finished, extract(epoch from min(l.created_at))::float8 * 1000 as began,
       count(*) as stored, max(l.seq) as last
     from jobs j join job_log_lines l on l.job_id = j.id where j.id = $1 group by j.id`,
    [id],
  );
  return rows[0];
}
