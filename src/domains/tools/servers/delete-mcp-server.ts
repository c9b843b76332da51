import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { deleteExecutionStreams } from '../executions/delete-execution-streams.js';
import { refuseUnfinished } from '../lifecycle/refuse-unfinished.js';
import { withdrawPublication } from '../lifecycle/withdraw-publication.js';
import { syncAllowedModules } from '../requests/sync-allowed-modules.js';
import { withdrawRequests } from '../requests/withdraw-requests.js';
import { Tool } from '../tool.entity.js';
import { findServer, type ServerChoice } from './find-server.js';
import { McpServer } from './mcp-server.entity.js';

/**
 * Deletes an MCP server with its tools, sources, requests and uses; decisions, secret accesses and the audit trail keep the names.
 * Returns its id.
 */
export async function deleteMcpServer(context: WriteContext, choice: ServerChoice): Promise<string> {
  const { em, record } = context;
  await findVisible(context, choice);
  const tools = await em.find(Tool, { server: choice.id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } });
  const shipped = tools.find(({ isSystem }) => isSystem);
  if (shipped) throw new AppError('PRECONDITION_FAILED', `${shipped.name} came with Signalbox: stop its server instead`);
  const reason = 'Its MCP server was deleted';
  for (const tool of tools) await withdrawPublication(context, tool, reason);
  await withdrawRequests(context, { server: choice.id }, reason);
  await em.flush();
  const server = await findServer(context, choice);
  await refuseUnfinished(em, server.slug, { server: server.id });
  await deleteExecutionStreams(em, sql`server_id = ${server.id} or tool_id = any(${tools.map(({ id }) => id)}::uuid[])`);
  for (const tool of tools) {
    em.remove(tool);
    record('tools.tool.deleted', tool);
  }
  em.remove(server);
  record('tools.mcpServer.deleted', server);
  await em.flush();
  await syncAllowedModules(em);
  return server.id;
}

// Whoever may not see it learns nothing of its tools; tools are locked before their server.
async function findVisible({ em, actor }: WriteContext, { id }: ServerChoice): Promise<void> {
  if (!isUuid(id) || !can(actor, 'tool:read') || (await em.count(McpServer, { id })) === 0) throw notFound(`McpServer ${id}`);
}
