import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { countServable } from './count-servable.js';
import { McpServer } from './mcp-server.entity.js';
import { nextStatus } from './server-moves.js';

/**
 * Brings the status of a server up to what its tools are now, after one of them has changed; the caller has locked that tool. Null for
 * a tool without a server.
 */
export async function settleServer({ em, record }: WriteContext, serverId: string | null): Promise<void> {
  if (serverId === null) return;
  await em.flush();
  const server = await em.findOne(McpServer, { id: serverId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (!server) return;
  const servable = await countServable(em, serverId);
  const status = nextStatus(server.status, servable > 0 ? 'SERVABLE' : 'EMPTY');
  if (status === null) return;
  server.status = status;
  server.statusMessage = status === 'ERROR' ? 'None of its tools is approved and enabled' : null;
  record('tools.mcpServer.settled', server);
}
