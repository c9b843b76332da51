import { setting } from '#core/settings/setting.js';

/** Hosts in the own network, or on this machine, that tools and sources may reach. */
export const privateHosts = setting<string[]>({
  key: 'tools.privateHosts',
  description:
    'Hosts without a public address that external MCP servers may stand on and tools may reach, as a name or an address, without a port. ' +
    'They may be asked by plain http too. None by default, so that nobody reaches into the own network by way of Signalbox',
  schema: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 253 }, maxItems: 100, uniqueItems: true },
  default: [],
  severity: 'HIGH',
});

/** How old the list of an external MCP server's tools gets before it is asked for again. */
export const rediscoverAfterHours = setting({
  key: 'tools.rediscoverAfterHours',
  description:
    'After how many hours external MCP servers that were asked for their tools before are asked again, to find what has changed there; 0 for never',
  schema: { type: 'integer', minimum: 0, maximum: 8_760 },
  default: 24,
});
