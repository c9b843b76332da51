import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { countServable } from './count-servable.js';
import { findServer, type ServerChoice } from './find-server.js';
import type { McpServer } from './mcp-server.entity.js';
import { nextStatus } from './server-moves.js';

/** Serves the approved and enabled tools of an MCP server, of which there has to be one; one that runs goes on. */
export async function startMcpServer(context: WriteContext, choice: ServerChoice): Promise<McpServer> {
  const server = await findServer(context, choice);
  if (server.status === 'RUNNING') return server;
  const status = nextStatus(server.status, 'START');
  if (status === null || (await countServable(context.em, server.id)) === 0)
    throw new AppError('PRECONDITION_FAILED', `None of the tools of ${server.slug} is approved and enabled`);
  server.status = status;
  server.statusMessage = null;
  context.record('tools.mcpServer.started', server);
  return server;
}
