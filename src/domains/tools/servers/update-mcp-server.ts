import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkServer, type ServerValues } from './check-server.js';
import { findServer, type ServerChoice } from './find-server.js';
import type { McpServer } from './mcp-server.entity.js';

/** What to change of an MCP server: what is left out stays, and null clears the description. */
export type ServerChange = ServerChoice & { [Key in keyof ServerValues]?: ServerValues[Key] | null | undefined };

/** Changes what people write of an MCP server. */
export async function updateMcpServer(context: WriteContext, { id, expectedRevision, ...given }: ServerChange): Promise<McpServer> {
  const server = await findServer(context, { id, expectedRevision });
  const values = Object.entries(given).filter(([key, value]) => value !== undefined && (value !== null || key === 'description'));
  Object.assign(server, Object.fromEntries(values));
  const problems = new Problems();
  checkServer(server, problems);
  problems.throwIfAny();
  context.record('tools.mcpServer.updated', server);
  return server;
}
