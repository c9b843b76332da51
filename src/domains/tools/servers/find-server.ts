import { findForChange, type Choice } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import { McpServer } from './mcp-server.entity.js';

/** Which MCP server to change, and perhaps the revision that was seen. */
export type ServerChoice = Choice;

/** Finds an MCP server to change, as far as the actor may see it, and locks it: after its tools. */
export const findServer = (context: WriteContext, choice: ServerChoice): Promise<McpServer> => findForChange(context, McpServer, choice);
