import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { McpServer } from '../servers/mcp-server.entity.js';
import { hostEntry } from './host-entry.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';

/**
 * Writes which hosts the tools of a server may reach: exactly those of its requests that were approved and not revoked. Nothing else
 * writes that. Waits for whoever does the same, so that of two at once the second counts both. Null for no server.
 */
export async function syncAllowedHosts(em: EntityManager, serverId: string | null): Promise<void> {
  if (serverId === null) return;
  await em.flush();
  const server = await em.findOne(McpServer, { id: serverId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (!server) return;
  const inForce = { server: serverId, status: 'APPROVED', revokedAt: null } as const;
  const requests = await em.find(NetworkAccessRequest, inForce, { disableIdentityMap: true });
  const hosts = [...new Set(requests.map(({ host, port }) => hostEntry(host, port)))].sort();
  if (hosts.join() !== server.allowedHosts.join()) server.allowedHosts = hosts;
}
