import type { Tool } from '../tool.entity.js';
import type { McpServer } from '../servers/mcp-server.entity.js';

/** What decides whether a tool can be run. */
export type RunnableTool = Pick<Tool, 'name' | 'isEnabled' | 'approvalStatus'>;

/** Why a tool cannot be run now; null when it can. A test needs no approval. */
export function whyNotRunnable(tool: RunnableTool, server: Pick<McpServer, 'status' | 'slug'> | null, isTest = false): string | null {
  if (!tool.isEnabled) return `The tool ${tool.name} is disabled`;
  if (!isTest && tool.approvalStatus !== 'APPROVED') return `The tool ${tool.name} is not approved`;
  if (server?.status === 'STOPPED') return `The server ${server.slug} of the tool ${tool.name} is stopped`;
  return null;
}

/** Why a tool cannot be run whose operation has another code than somebody agreed to. */
export const otherCode = (tool: string): string =>
  `The toolkit of the tool ${tool} has other code than somebody agreed to: registerToolkit takes it up and asks anew`;
