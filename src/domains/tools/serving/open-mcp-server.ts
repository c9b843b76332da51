import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { maskError } from '#core/errors/mask-error.js';
import { authorize } from '#core/policy/actor.js';
import { parameterSchemas } from '../executions/parameter-schemas.js';
import { callTool } from './call-tool.js';
import type { Served } from './find-served.js';
import type { McpCaller, TellProgress } from './mcp-caller.js';
import { schemaOfOwn } from './own-tool.js';
import { ownToolsAt } from './own-tools.js';
import { listServedTools } from './served-tools.js';

const instructions = `Some calls wait for a human. Such a call answers at once with "status": "WAITING_APPROVAL", an executionId and what to do next;
with "_meta": {"signalbox/wait": true} it waits instead. "_meta" may also have "signalbox/justification", which the human reads, and
"signalbox/idempotencyKey": the same key gives the same execution again.`;

/**
 * What answers the messages of one request of a client. It keeps nothing between requests, so it never says that its list has changed:
 * clients list again.
 */
export function openMcpServer(caller: McpCaller, served: Served, version: string): Server {
  const { slug, name, description } = served;
  const server = new Server(
    { name: slug, title: name, version },
    { capabilities: { tools: {} }, instructions: [description, instructions].filter(Boolean).join('\n\n') },
  );
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => inProtocol(caller, () => listTools(caller, served, params?.cursor)));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { sendNotification }) => {
    const { name, arguments: given = {}, _meta: meta = {} } = params;
    const { progressToken } = meta;
    const tell: TellProgress = async (progress, message) =>
      sendNotification({
        method: 'notifications/progress',
        params: { progressToken: progressToken!, progress, total: 100, ...(message !== null && { message }) },
      });
    return callTool({ ...caller, tell: progressToken === undefined ? null : tell }, served, { name, given, meta });
  });
  return server;
}

async function listTools(
  { context }: McpCaller,
  { id, slug }: Served,
  cursor: string | undefined,
): Promise<{ tools: Tool[]; nextCursor?: string }> {
  const { tools, nextCursor } = id === null ? { tools: [], nextCursor: null } : await listServedTools(context, id, cursor);
  const shown = tools.map(({ name, title, description, inputSchema }) => ({
    name,
    ...(title !== null && { title }),
    ...(description !== null && { description }),
    // What only an approver gives is not asked of the client.
    inputSchema: parameterSchemas(inputSchema).caller as Tool['inputSchema'],
  }));
  if (nextCursor !== null) return { tools: shown, nextCursor };
  const own = ownToolsAt(slug).filter(({ access }) => isAllowed(context, access));
  return {
    tools: [
      ...shown,
      ...own.map((tool) => ({ name: tool.name, description: tool.description, inputSchema: schemaOfOwn(tool) as Tool['inputSchema'] })),
    ],
  };
}

function isAllowed({ actor }: McpCaller['context'], access: Parameters<typeof authorize>[1]): boolean {
  try {
    authorize(actor, access);
    return true;
  } catch {
    return false;
  }
}

/** What fails outside of a tool is an error of the protocol, with our code among its data. */
async function inProtocol<Result>({ context }: McpCaller, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message, details } = maskError(error, context.system.log);
    throw new McpError(code === 'INTERNAL' ? ErrorCode.InternalError : ErrorCode.InvalidParams, message, { code, ...details });
  }
}
