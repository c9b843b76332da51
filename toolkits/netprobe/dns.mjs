import { Guard } from './guard/guard.mjs';
import { deadline } from './probing/deadline.mjs';
import { milliseconds } from './probing/milliseconds.mjs';
import { writeCsv } from './probing/write-csv.mjs';

/**
 * Looks a name up as the machine of the worker does, and reports its addresses and whether the other operations reach them.
 * @param {import('./worker.mjs').Run} run
 */
export async function dns({ parameters, settings, output, signal, progress, log }) {
  const { host, port = 443, timeoutMs = 5_000 } = parameters;
  const guard = new Guard(settings?.allowList ?? []);
  const startedMs = performance.now();
  const found = await deadline(signal, timeoutMs, () => guard.addressesOf(host, port));
  const ms = milliseconds(performance.now() - startedMs);
  // What lies inside is not told to who may not reach it.
  const addresses = found.map(({ address, kind, isPermitted }) => ({ address: isPermitted ? address : null, kind, isPermitted }));
  for (const { address, kind } of addresses) await log(address ? 'INFO' : 'WARN', `${address ?? 'An address that is not shown'} (${kind})`);
  await progress({
    status: 'resolved',
    message: `${addresses.length} ${addresses.length === 1 ? 'address' : 'addresses'} in ${ms} ms`,
    progress: 100,
  });
  await writeCsv(output, 'addresses.csv', ['address', 'kind', 'isPermitted'], addresses);
  return { host, ms, addresses };
}
