import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { findServer, type ServerChoice } from './find-server.js';
import type { McpServer } from './mcp-server.entity.js';
import { nextStatus } from './server-moves.js';

/** Serves the tools of an MCP server no more, and lets nobody run them; what runs already goes on to its end. */
export async function stopMcpServer(context: WriteContext, choice: ServerChoice): Promise<McpServer> {
  const server = await findServer(context, choice);
  if (server.status === 'STOPPED') return server;
  const status = nextStatus(server.status, 'STOP');
  if (status === null) throw new AppError('PRECONDITION_FAILED', `${server.slug} was not started`);
  server.status = status;
  server.statusMessage = null;
  context.record('tools.mcpServer.stopped', server);
  return server;
}
