import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { WriteSystem } from '#core/feed/write.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import { sourceCredentials } from './source-credentials.js';
import { SourceExchange } from './source-exchange.js';
import { sourceOutgoing } from './source-outgoing.js';
import { whyNot } from './why-not.js';

/** An open connection to an external MCP server. */
export interface OpenClient {
  readonly client: Client;
  /** Why something failed, without secrets. */
  explain(error: unknown): McpSourceError;
  /** Without the secrets of the connection. */
  clean(text: string): string;
  /** Calls back for each message that comes; returns how to stop that. */
  listen(listener: (message: JSONRPCMessage) => void): () => void;
  /** Resolves when it is closed, by whichever side. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Connects to an external MCP server and introduces Signalbox; throws a `McpSourceError`. */
export async function openClient(system: WriteSystem, source: ExternalMcpSource, version: string): Promise<OpenClient> {
  const url = new URL(source.url);
  const bounds = { maxBytes: mcpLimits.answerBytes, timeoutMs: mcpLimits.callMs, mayStream: true };
  const outgoing = sourceOutgoing(system.services, { only: url, ...bounds });
  const exchange = new SourceExchange(outgoing, sourceCredentials(system, source));
  const client = new Client({ name: 'signalbox', version }, { capabilities: {} });
  const transport = transportOf(source, url, exchange);
  const closed = Promise.withResolvers<void>();
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    closed.resolve();
    await farewell(transport);
    await client.close().catch(() => {});
    await outgoing.close();
  };
  Object.assign(client, { onclose: () => void close(), onerror: (error: Error) => exchange.noteError(error) });
  exchange.watch(transport, () => void close());
  const timer = setTimeout(() => {
    exchange.fail(new McpSourceError('TIMEOUT', `The server does not answer within ${mcpLimits.openMs} ms`));
    void close();
  }, mcpLimits.openMs);
  try {
    await Promise.race([client.connect(transport, { timeout: mcpLimits.openMs }), exchange.failed]);
  } catch (error) {
    const why = whyNot(error, exchange.circumstances);
    await close();
    throw why;
  } finally {
    clearTimeout(timer);
  }
  return {
    client,
    explain: (error) => whyNot(error, { ...exchange.circumstances, isOpen: true }),
    clean: (text) => exchange.clean(text),
    listen: (listener) => exchange.listen(listener),
    closed: closed.promise,
    close,
  };
}

function transportOf({ transportType }: ExternalMcpSource, url: URL, exchange: SourceExchange): Transport {
  return transportType === 'SSE'
    ? new SSEClientTransport(url, { fetch: exchange.fetch })
    : (new StreamableHTTPClientTransport(url, { fetch: exchange.fetch }) as Transport);
}

const farewellMs = 1_000;

// So that the server need not keep the session; nobody waits long for that.
async function farewell(transport: Transport): Promise<void> {
  if (!(transport instanceof StreamableHTTPClientTransport) || transport.sessionId === undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, farewellMs);
  await Promise.race([transport.terminateSession().catch(() => {}), promise]);
  clearTimeout(timer);
}
