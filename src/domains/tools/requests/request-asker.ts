import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { findTool } from '../lifecycle/find-tool.js';
import { findServer } from '../servers/find-server.js';
import type { McpServer } from '../servers/mcp-server.entity.js';
import type { Tool } from '../tool.entity.js';

/** For what a request is made. */
export interface Asker {
  tool: Tool | null;
  server: McpServer | null;
}

/** What a request says of for what it is made, and why. */
export interface AskedFor {
  tool?: string | null | undefined;
  server?: string | null | undefined;
  justification: string;
}

const longest = 4_000;

/** The tool that asks with its server, or what an administrator names: a server, or nothing for all. Each asks with a reason. */
export async function askerOf(context: WriteContext, { tool: toolId, server: serverId, justification }: AskedFor): Promise<Asker> {
  if (justification.trim() === '' || justification.length > longest || justification.includes('\0'))
    throw badInput(`justification has 1 to ${longest} characters`, 'input.justification');
  if (toolId != null && serverId != null) throw badInput('Give either a tool or a server', 'input.tool', 'input.server');
  if (toolId != null) {
    const tool = await findTool(context, { id: toolId });
    return { tool, server: tool.server && (await tool.server.loadOrFail()) };
  }
  authorize(context.actor, 'tool:manage');
  return { tool: null, server: serverId == null ? null : await findServer(context, { id: serverId }) };
}
