import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

const ticksPerSecond = 100;

/**
 * Milliseconds of CPU that a process and everything below it have used, including children that have ended. Reads /proc, so Linux only.
 */
export function cpuMs(pid) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter(Boolean);
  const tree = new Set([pid]);
  for (let known = 0; known !== tree.size;) {
    known = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = all.filter(({ pid }) => tree.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0);
  return (ticks / ticksPerSecond) * 1000;
}

// See proc_pid_stat(5): fields 14 to 17 are utime, stime, and those of the children that were waited for.
function readStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) };
  } catch {
    return undefined;
  }
}

/** The process id of the database server, which is the parent of each of its connections; the server runs on this machine. */
export async function databasePid(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    return readStat(rows[0].pid).parent;
  } finally {
    await client.end();
  }
}
