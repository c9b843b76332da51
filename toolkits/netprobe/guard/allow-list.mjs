import { BlockList, isIP } from 'node:net';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?';
const NAME = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`);

/** Names open what lies inside only: what is not meant to be reached by a name has to be listed by its address. */
const OPENED_BY_NAME = new Set(['loopback', 'private']);

/** Which targets a probe may reach although their addresses are not public. */
export class AllowList {
  #entries;

  /**
   * Entries are a host, `*.` and a domain, an address or a network such as `10.1.0.0/16`, each with a `:port` behind it or
   * without; an IPv6 address or network that has a port is put into brackets.
   * @param {readonly string[]} entries
   */
  constructor(entries) {
    this.#entries = entries.map(parseEntry);
  }

  /**
   * @param {{ host: string, address: string, port: number, kind: string }} target `host` is what was asked for
   */
  permits({ host, address, port, kind }) {
    return this.#entries.some((entry) => {
      if (entry.port !== null && entry.port !== port) return false;
      if (entry.networks) return entry.networks.check(address, `ipv${isIP(address)}`);
      return OPENED_BY_NAME.has(kind) && entry.matches(host);
    });
  }
}

/** @param {string} entry */
function parseEntry(entry) {
  const { target, port } = splitPort(entry.trim().toLowerCase());
  const [network, prefix] = target.split('/');
  const version = isIP(network);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  const isPort = port === null || (port >= 1 && port <= 65_535);
  if (isPort && version !== 0 && length <= bits && !network.includes('%')) {
    const networks = new BlockList();
    networks.addSubnet(network, length, `ipv${version}`);
    return { port, networks };
  }
  if (!isPort || version !== 0 || prefix !== undefined || !NAME.test(target))
    throw new Error(
      `The allow-list has "${entry}", which is neither a host, nor *. and a domain, nor an address or network, with a port or without`,
    );
  if (!target.startsWith('*.')) return { port, matches: (host) => host === target };
  return { port, matches: (host) => host.endsWith(target.slice(1)) && host.length > target.length - 1 };
}

/** @param {string} entry */
function splitPort(entry) {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return { target: bracketed[1], port: bracketed[2] === undefined ? null : Number(bracketed[2]) };
  const withPort = /^([^:]*):(\d+)$/.exec(entry);
  return withPort ? { target: withPort[1], port: Number(withPort[2]) } : { target: entry, port: null };
}
