import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AllowList } from './allow-list.mjs';
import { kindOfAddress } from './kind-of-address.mjs';
import { TargetRefused } from './target-refused.mjs';

/**
 * An address of a target that may be reached, which is connected to as it is: a second look-up might answer differently.
 * @typedef {{ host: string, port: number, address: string, family: 4 | 6, dnsMs: number }} Checked
 */

/** Lets probes reach public addresses, and what the allow-list permits beside them. */
export class Guard {
  #allowList;
  #resolve;

  /**
   * @param {readonly string[]} allowList
   * @param {(host: string) => Promise<{ address: string }[]>} resolve
   */
  constructor(allowList, resolve = (host) => lookup(host, { all: true })) {
    this.#allowList = new AllowList(allowList);
    this.#resolve = resolve;
  }

  /**
   * Resolves a host and checks every address that it has; throws `TargetRefused` unless all of them may be reached.
   * @param {string} asked a name, or an address with or without brackets
   * @param {number} port
   * @returns {Promise<Checked>}
   */
  async check(asked, port) {
    const host = plain(asked);
    const startedMs = performance.now();
    const found = await this.addressesOf(host, port);
    const dnsMs = isIP(host) ? 0 : performance.now() - startedMs;
    const refused = found.find(({ isPermitted }) => !isPermitted);
    // Its address is left out: who may not reach it need not know it.
    if (refused)
      throw new TargetRefused(
        `${host}:${port} is refused, because ${isIP(host) ? 'it' : 'an address of it'} is not public (${refused.kind}): an administrator may permit it in the setting netprobe.allowList`,
      );
    const [{ address }] = found;
    return { host, port, address, family: isIP(address), dnsMs };
  }

  /**
   * The addresses of a host, and whether they may be reached.
   * @param {string} asked
   * @param {number} port
   */
  async addressesOf(asked, port) {
    const host = plain(asked);
    const addresses = isIP(host) ? [host] : (await this.#resolve(host)).map(({ address }) => address);
    if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
    return addresses.map((address) => {
      const kind = kindOfAddress(address);
      return { address, kind, isPermitted: kind === 'public' || this.#allowList.permits({ host, address, port, kind }) };
    });
  }
}

/** A host as it is compared: in lower case, without brackets and without the dot of a full name. */
const plain = (host) =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
