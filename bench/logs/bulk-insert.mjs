import { newId } from '../../dist/src/core/database/id.js';
import { cpuMs } from '../cpu.mjs';

const perBatch = 2_000;
const lineType = 22;
const text = 'x'.repeat(100);
const columns = ['id', 'job_id', 'seq', 'attempt', 'stream', 'level', 'text', 'created_at'];

/** How rows can be inserted in bulk: statement, and the parameters of a batch. */
export const inserts = {
  arrays: {
    title: 'bulk insert from arrays',
    sql: `insert into bench_lines (${columns.join(', ')})
      select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])`,
    parameters: (rows) => columns.map((column) => rows.map((row) => row[column])),
  },
  json: {
    title: 'bulk insert from JSON',
    sql: `insert into bench_lines (${columns.join(', ')}) select ${columns.join(', ')} from jsonb_populate_recordset(null::bench_lines, $1::jsonb)`,
    parameters: (rows) => [JSON.stringify(rows)],
  },
};

/** Inserts rows like those of a job into a table with the same columns, checks and indexes, one batch after the other. */
export async function insertInBulk({ client, database, name, lines }) {
  await client.query('create table if not exists bench_lines (like job_log_lines including all)');
  const { sql, parameters } = inserts[name];
  const job = newId(lineType);
  const cpu = cpuMs(database.pid);
  const began = performance.now();
  for (let from = 1; from <= lines; from += perBatch) {
    const rows = Array.from({ length: Math.min(perBatch, lines - from + 1) }, (_, i) => ({
      id: newId(lineType),
      job_id: job,
      seq: from + i,
      attempt: 1,
      stream: 'STDOUT',
      level: 'INFO',
      text: `${from + i} ${text}`,
      created_at: new Date(),
    }));
    await client.query(sql, parameters(rows));
  }
  const seconds = (performance.now() - began) / 1000;
  const databaseUsPerLine = ((cpuMs(database.pid) - cpu) * 1000) / lines;
  const { rows } = await client.query('select count(*) from bench_lines where job_id = $1', [job]);
  if (Number(rows[0].count) !== lines) throw new Error(`${rows[0].count} rows are there, not ${lines}`);
  return { perSecond: lines / seconds, databaseUsPerLine };
}
