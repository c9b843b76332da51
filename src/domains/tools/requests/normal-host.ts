import { isIPv4, isIPv6 } from 'node:net';

const longest = 253;

/**
 * A host in the one form that is stored and compared: in lower case, names in their ASCII form, IPv6 addresses without brackets, no final
 * dot. Null for what is no host name and no IP address, such as a URL, a pattern or `host:port`.
 */
export function normalHost(given: string): string | null {
  const bare = given.trim().replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(bare)) return bare.includes('%') ? null : new URL(`http://[${bare}]`).hostname.slice(1, -1);
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(bare)) return null;
  const host = URL.parse(`http://${bare}`)?.hostname.replace(/\.$/, '') ?? '';
  if (isIPv4(host)) return host;
  return host.length <= longest && host.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) ? host : null;
}
