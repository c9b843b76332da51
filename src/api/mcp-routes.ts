import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { maskError } from '#core/errors/mask-error.js';
import type { GraphContext, GraphSystem } from '#core/graph/context.js';
import type { PointMeter } from '#core/graph/execute/point-meter.js';
import { authorize } from '#core/policy/actor.js';
import { readClient } from '#core/server/client-request.js';
import type { Connections } from '#core/server/connections.js';
import type { Handler } from '#core/server/http-server.js';
import type { Origins } from '#core/server/origins.js';
import { parseJson } from '#core/server/parse-json.js';
import { readBody } from '#core/server/read-body.js';
import { describeRequest, findServed, isDeeperThan, McpExchange, openMcpServer, type McpCaller } from '#domains/tools/index.js';
import type { Config } from '../config.js';
import { version } from '../version.js';
import type { AskGraph } from './ask-graph.js';
import type { ContextFor } from './operation-context.js';
import { respondRpcError } from './respond-rpc-error.js';

const pointsOfRequest = 10;
const mostDepth = 64;

/** What answering MCP needs. */
export interface McpRoutesOptions {
  system: GraphSystem;
  config: Config;
  contextFor: ContextFor;
  /** Runs an operation of the graph. */
  ask: AskGraph;
  meter: Pick<PointMeter, 'take'>;
  connections: Connections;
  origins: Origins;
}

/** Answers MCP at `/mcp/<slug>`: each POST by itself, with a stream of events; without sessions there is nothing to GET or to DELETE. */
export class McpRoutes {
  readonly routes: Readonly<Record<string, Handler>> = {
    'POST /mcp/*': (request, response) =>
      this.#exchange(request, response, (exchange, context) => this.#answer(request, response, { exchange, context })),
    'GET /mcp/*': (request, response) => this.#exchange(request, response, () => refuseMethod(response)),
    'DELETE /mcp/*': (request, response) => this.#exchange(request, response, () => refuseMethod(response)),
  };
  readonly #stopping = new AbortController();

  constructor(readonly options: McpRoutesOptions) {}

  /** Lets calls that wait answer how far they are. */
  stop(): void {
    this.#stopping.abort();
  }

  async #exchange(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (exchange: McpExchange, context: GraphContext) => Promise<void>,
  ): Promise<void> {
    const { system, config, contextFor, origins, connections } = this.options;
    const { credentials, ...client } = readClient(request, config);
    const exchange = new McpExchange(system, client, `${request.method} ${request.url!.split('?')[0]}`.slice(0, 200));
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
      exchange.ended(response.statusCode, response.writableFinished);
    });
    const leave: (() => void)[] = [];
    try {
      if (!origins.isOwnHost(request))
        throw new AppError('FORBIDDEN', `This server is not called ${request.headers.host}: set PUBLIC_URL, or add it to ALLOWED_ORIGINS`);
      leave.push(connections.fromAddress(client.sourceIp));
      // A browser's cookie lets nobody in here: a page of another site could send it.
      const { accessToken } = credentials;
      const context = await contextFor(
        { ...client, isAgent: true, credentials: { accessToken } },
        AbortSignal.any([gone.signal, this.#stopping.signal]),
      );
      authorize(context.actor, 'signedIn');
      exchange.actor = context.actor;
      leave.push(connections.ofUser(context.actor.id));
      await answer(exchange, context);
    } catch (error) {
      const known = maskError(error, system.log);
      exchange.refused(known);
      respondRpcError(response, known, credentials.accessToken !== undefined);
    } finally {
      for (const each of leave) each();
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { exchange, context }: { exchange: McpExchange; context: GraphContext },
  ): Promise<void> {
    const { system, config, ask, meter } = this.options;
    meter.take(context, pointsOfRequest);
    const served = await findServed(context, slugOf(request));
    exchange.serverId = served.id;
    const message = readMessage(await readBody(request, config.MAX_BODY_BYTES), request.headers['content-type'] ?? '');
    const described = await describeRequest(context, served, message);
    exchange.asked(described.message, described.details);
    const caller: McpCaller = {
      context,
      signal: context.signal,
      ask: (document, variables) => ask(context, document, variables) as Promise<never>,
    };
    const server = openMcpServer(caller, served, version);
    const transport = new StreamableHTTPServerTransport();
    // A client may have left while its request was looked at.
    const closed = response.closed ? Promise.resolve() : new Promise<void>((resolve) => response.once('close', resolve));
    await server.connect(told(transport, exchange));
    try {
      await transport.handleRequest(request, response, message);
      await closed;
    } finally {
      await server.close();
      system.log.debug({ slug: served.slug }, 'a request of MCP was answered');
    }
  }
}

const slugOf = ({ url }: IncomingMessage): string => url!.split('?')[0]!.slice('/mcp/'.length);

function readMessage(body: string, contentType: string): JSONRPCMessage {
  const json = parseJson(body, contentType);
  if (isDeeperThan(json, mostDepth)) throw badInput(`A message has at most ${mostDepth} objects and lists within each other`);
  const { success, data } = JSONRPCMessageSchema.safeParse(json);
  if (!success) throw badInput('The body has to be one message of JSON-RPC 2.0');
  return data;
}

/** The transport, with all that it sends told. */
function told(transport: StreamableHTTPServerTransport, exchange: McpExchange): Transport {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    exchange.sent(message);
    return send(message, options);
  };
  return transport as Transport;
}

async function refuseMethod(response: ServerResponse): Promise<void> {
  response.setHeader('allow', 'POST');
  respondRpcError(response, new AppError('BAD_USER_INPUT', 'There are no sessions here: send each message with POST'), true, 405);
}
