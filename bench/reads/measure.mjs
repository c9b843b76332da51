import autocannon from 'autocannon';
import { cpuMs } from '../cpu.mjs';

const connections = 32;

/**
 * Sends one request again and again over 32 connections and returns requests per second, the 99th percentile of the latency, and the
 * CPU milliseconds per request of the target and of the database. An answer other than 200, or shorter than it should be, is an error.
 */
export async function measure({ target, query, databasePid, warmUpSeconds, seconds }) {
  const request = target.requests[query];
  const { length } = target.answers[query];
  await autocannon({ ...request, connections, duration: warmUpSeconds });
  const before = { server: cpuMs(target.pid), database: cpuMs(databasePid) };
  const result = await autocannon({ ...request, connections, duration: seconds });
  const after = { server: cpuMs(target.pid), database: cpuMs(databasePid) };

  const requests = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} answers were not 200, ${result.errors} requests failed`);
  if (result.throughput.total < requests * length) throw new Error('The answers under load were shorter than the one before it');
  return {
    rate: requests / result.duration,
    p99Ms: result.latency.p99,
    serverCpuMs: (after.server - before.server) / requests,
    databaseCpuMs: (after.database - before.database) / requests,
  };
}
