import { Outgoing } from '#core/network/outgoing.js';
import { OutgoingError } from '#core/network/outgoing-error.js';
import { plainHost } from '#core/network/plain-host.js';
import type { Services } from '#core/feed/services.js';
import { Settings } from '#core/settings/settings.js';
import { privateHosts } from '../tool.settings.js';

/** What bounds requests to an external MCP server, or to its OAuth server. */
export interface OutgoingBounds {
  /** The one address that may be asked, with all paths; any when left out. */
  only?: URL;
  maxBytes: number;
  timeoutMs: number;
  /** Whether an answer may be an event stream without an end. */
  mayStream?: boolean;
}

/** A fetch that reaches public addresses by https, and by http or in the own network the hosts of the setting `tools.privateHosts`. */
export interface SourceOutgoing {
  fetch(input: string | URL, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Opens the way to an external MCP server. */
export function sourceOutgoing(services: Services, { only, ...bounds }: OutgoingBounds): SourceOutgoing {
  const known = services.get(Settings).value(privateHosts).map(plainHost);
  const outgoing = new Outgoing({
    ...bounds,
    privateHosts: known,
    isAllowed: (host, port) => only === undefined || (host === plainHost(only.hostname) && port === portOf(only)),
  });
  return {
    async fetch(input, init) {
      const { protocol, hostname } = new URL(input);
      if (protocol === 'http:' && !known.includes(plainHost(hostname)))
        throw new OutgoingError('REFUSED', `${hostname} is asked over https only, unless the setting tools.privateHosts names it`);
      return outgoing.fetch(input, init);
    },
    close: () => outgoing.close(),
  };
}

const portOf = ({ port, protocol }: URL): number => (port ? Number(port) : protocol === 'https:' ? 443 : 80);
