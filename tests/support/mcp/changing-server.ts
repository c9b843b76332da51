import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { bodyOf, serve } from './serve.js';

/** A tool as a server offers it. */
export interface Offer {
  name: string;
  description?: string;
  inputSchema: { type: 'object'; [keyword: string]: unknown };
}

/** A server whose tools a test changes. */
export interface ChangingServer {
  url: string;
  offers: Offer[];
  call: (name: string, parameters: unknown) => CallToolResult | Promise<CallToolResult>;
  calls: unknown[];
}

/** A tool with one parameter. */
export const offer = (name: string, description = `Does ${name}`, type = 'string'): Offer => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { word: { type } }, additionalProperties: false },
});

/** Starts a server of MCP that offers what it is told to, in pages of three tools, without sessions. */
export async function startChangingServer(...offers: Offer[]): Promise<ChangingServer> {
  const changing: ChangingServer = { url: '', offers, call: () => ({ content: [{ type: 'text', text: 'done' }] }), calls: [] };
  const url = await serve(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const server = new Server({ name: 'changing', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      const from = Number(params?.cursor ?? 0);
      const nextCursor = from + 3 < changing.offers.length ? { nextCursor: String(from + 3) } : {};
      return { tools: changing.offers.slice(from, from + 3), ...nextCursor };
    });
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
      changing.calls.push(params.arguments);
      return changing.call(params.name, params.arguments);
    });
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined } as never);
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, await bodyOf(request));
  });
  changing.url = `${url}/mcp`;
  return changing;
}
