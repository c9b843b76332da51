import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { McpServer } from './mcp-server.entity.js';

/** Which MCP server to change, and perhaps the revision that was seen. */
export interface ServerChoice {
  id: string;
  expectedRevision?: number | null | undefined;
}

/** Finds an MCP server to change, as far as the actor may see it, and locks it: after its tools. */
export async function findServer({ em, actor }: WriteContext, { id, expectedRevision = null }: ServerChoice): Promise<McpServer> {
  const server =
    isUuid(id) && can(actor, 'tool:read')
      ? await em.findOne(McpServer, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
      : null;
  if (!server) throw notFound(`McpServer ${id}`);
  if (expectedRevision !== null) await em.lock(server, LockMode.OPTIMISTIC, expectedRevision);
  return server;
}
