import { Guard } from './guard/guard.mjs';
import { makeAttempts, sumUp } from './probing/attempts.mjs';
import { milliseconds } from './probing/milliseconds.mjs';
import { openSocket } from './probing/open-socket.mjs';
import { writeCsv } from './probing/write-csv.mjs';

/**
 * Opens TCP connections to a port and reports how long that took.
 * @param {import('./worker.mjs').Run} run
 */
export async function tcp(run) {
  const { host, port } = run.parameters;
  const guard = new Guard(run.settings?.allowList ?? []);
  const attempts = await makeAttempts(run, `${host}:${port}`, async (signal) => {
    const target = await guard.check(host, port);
    const { socket, connectMs } = await openSocket(target, signal);
    socket.destroy();
    return { ms: connectMs, address: target.address, dnsMs: milliseconds(target.dnsMs) };
  });
  await writeCsv(run.output, 'attempts.csv', ['attempt', 'at', 'isOk', 'ms', 'dnsMs', 'address', 'error'], attempts);
  const sum = sumUp(attempts);
  return { host, port, isReachable: sum.succeeded > 0, addresses: [...new Set(attempts.flatMap(({ address }) => address ?? []))], ...sum };
}
