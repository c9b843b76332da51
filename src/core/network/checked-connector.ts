import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { kindOfAddress } from './kind-of-address.js';
import { OutgoingError } from './outgoing-error.js';
import { plainHost } from './plain-host.js';

/** Finds all addresses of a name. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

const connectTimeoutMs = 10_000;

/** Asks the resolver of this machine. */
export const systemResolve: Resolve = (host) =>
  new Promise((resolve, reject) => lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found))));

/**
 * Connects to public addresses only, and to private ones and this machine for the hosts that are named. All addresses of a name have to
 * be reachable in this sense, and it connects to those that were checked: a second answer of the resolver changes nothing.
 */
export function checkedConnector(privateHosts: ReadonlySet<string>, resolve: Resolve): buildConnector.connector {
  const check: Check = (host, address) => {
    const kind = kindOfAddress(address);
    if (kind === 'public') return;
    // What a name of the own network leads to lies in there; addresses for other purposes are opened by no name.
    if ((kind === 'private' || kind === 'loopback') && privateHosts.has(plainHost(host))) return;
    const what = isIP(host) ? 'it' : 'an address of it';
    throw new OutgoingError('REFUSED', `${plainHost(host)} is refused, because ${what} is not public (${kind})`);
  };
  const connect = buildConnector({ lookup: checkedLookup(resolve, check), timeout: connectTimeoutMs, allowH2: false });
  return (options, callback) => {
    const host = plainHost(options.hostname);
    try {
      // Nothing is looked up for an address.
      if (isIP(host)) check(host, host);
    } catch (error) {
      return callback(error as Error, null);
    }
    connect(options, callback);
  };
}

type Check = (host: string, address: string) => void;

const checkedLookup =
  (resolve: Resolve, check: Check): LookupFunction =>
  async (host, options, callback) => {
    const found = await addressesOf(host, resolve, check).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error) callback(found, []);
    else if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };

async function addressesOf(host: string, resolve: Resolve, check: Check): Promise<LookupAddress[]> {
  const found = await resolve(host);
  if (found.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
  for (const { address } of found) check(host, address);
  return found;
}
