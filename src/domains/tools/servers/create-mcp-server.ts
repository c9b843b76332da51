import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkServer, type ServerValues } from './check-server.js';
import { McpServer } from './mcp-server.entity.js';
import { slugOf } from './slug-of.js';

/** What a new MCP server is; its slug comes from its name when none is given. */
export type NewServer = Pick<ServerValues, 'name'> & { [Key in keyof ServerValues]?: ServerValues[Key] | null | undefined };

/** Creates an MCP server without tools. */
export async function createMcpServer({ em, record }: WriteContext, given: NewServer): Promise<McpServer> {
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
  const server = Object.assign(new McpServer(), { id: newId(declarationOf(McpServer).type), slug: slugOf(given.name), ...values });
  const problems = new Problems();
  checkServer(server, problems);
  problems.throwIfAny();
  // The slug may come from the name, so that nothing in the input says what is taken.
  if ((await em.count(McpServer, { slug: server.slug })) > 0)
    throw new AppError('CONFLICT', `Another MCP server has the slug ${server.slug} already`, { paths: ['input.slug'] });
  em.persist(server);
  record('tools.mcpServer.created', server);
  return server;
}
