import { hostEntry } from './host-entry.js';

/** Whether `allowedHosts` of a server lets its tools reach a host on a port; the host is in lower case, without brackets or a final dot. */
export const isAllowedHost = (allowedHosts: readonly string[], host: string, port: number): boolean =>
  allowedHosts.includes(hostEntry(host, null)) || allowedHosts.includes(hostEntry(host, port));
