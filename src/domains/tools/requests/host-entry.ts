import { isIPv6 } from 'node:net';

/** A host as `allowedHosts` has it: `host`, or `host:port` when one port only is meant; an IPv6 address stands in brackets. */
export function hostEntry(host: string, port: number | null): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}
