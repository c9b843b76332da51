import type { WriteContext } from '#core/feed/write.js';
import { allowedModules } from '../requests/allowed-modules.js';
import { covers } from '../requests/covers.js';
import { NetworkAccessRequest } from '../requests/network-access-request.entity.js';
import type { Tool } from '../tool.entity.js';

/** What whoever decides on a tool should know beside the tool itself: the modules that it needs and nobody has allowed, and the hosts that it asked for. */
export async function assessTool({ em }: WriteContext, { id, neededModules, server }: Tool): Promise<object> {
  const allowed = await allowedModules(em);
  const asked = await em.find(NetworkAccessRequest, { tool: id, status: 'PENDING' });
  return {
    neededModules,
    modulesNotAllowed: neededModules.filter((name) => !covers(allowed, name)),
    hostsAllowed: server ? (await server.loadOrFail()).allowedHosts : [],
    hostsAskedFor: asked.map(({ host, port }) => (port === null ? host : `${host}:${port}`)).sort(),
  };
}
