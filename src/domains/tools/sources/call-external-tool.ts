import { randomUUID } from 'node:crypto';
import { CallToolResultSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { WriteSystem } from '#core/feed/write.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';
import { isDeeperThan } from './is-deeper-than.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import type { OpenClient } from './open-client.js';
import { SourceConnections } from './source-connections.js';

/** How far a call has come, as its server counts. */
export interface ProgressStep {
  progress: number;
  /** Null when it does not say. */
  total: number | null;
  message: string | null;
}

/** A call of a tool at an external MCP server. */
export interface ExternalCall {
  sourceId: string;
  /** The name that the tool has there. */
  toolName: string;
  parameters: Record<string, unknown>;
  signal: AbortSignal;
  timeoutMs: number;
  /** Asked when it is known where the call would go; throws when it may not take place any more. */
  check?(source: ExternalMcpSource): Promise<void>;
  onProgress?(step: ProgressStep): void;
  /** What the server logs meanwhile; nothing while another call uses the same connection, because the lines do not say whose they are. */
  onLog?(line: { level: string; text: string }): void;
}

/** What a tool has answered, as JSON of MCP. */
export interface ExternalResult {
  content: unknown[];
  structuredContent?: Record<string, unknown>;
}

const longestText = 2_000;
const mostNotes = 2_000;

/**
 * Calls a tool at an external MCP server. Throws a `McpSourceError` when the server cannot be used or the tool says that it failed
 * (`TOOL_FAILED`), and the signal's reason when it is aborted; the server is told then. A call is never repeated that may have begun.
 */
export async function callExternalTool(system: WriteSystem, call: ExternalCall): Promise<ExternalResult> {
  const source = await system.database.fork().findOne(ExternalMcpSource, { id: call.sourceId });
  if (!source) throw new McpSourceError('DISABLED', 'The external MCP source of this tool is gone');
  await call.check?.(source);
  return system.services.get(SourceConnections).use(source, {
    signal: call.signal,
    work: (connection, { isAlone }) => ask(connection, call, isAlone),
  });
}

async function ask(connection: OpenClient, call: ExternalCall, isAlone: () => boolean): Promise<ExternalResult> {
  const { toolName, parameters, signal, timeoutMs, onProgress, onLog } = call;
  const progressToken = randomUUID();
  const tell = bounded((message: JSONRPCMessage) => {
    if (!('method' in message) || isDeeperThan(message.params, mcpLimits.depth)) return;
    const { method, params = {} } = message;
    if (method === 'notifications/progress' && params.progressToken === progressToken) onProgress?.(progressOf(connection, params));
    // The lines of a server name no call.
    if (method === 'notifications/message' && isAlone()) onLog?.(lineOf(connection, params));
  });
  const stopListening = connection.listen(tell);
  try {
    const answer = await connection.client.request(
      { method: 'tools/call', params: { name: toolName, arguments: parameters, ...(onProgress && { _meta: { progressToken } }) } },
      CallToolResultSchema,
      { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
    );
    return resultOf(connection, answer);
  } finally {
    stopListening();
  }
}

function progressOf({ clean }: OpenClient, { progress, total, message }: Record<string, unknown>): ProgressStep {
  return {
    progress: typeof progress === 'number' ? progress : 0,
    total: typeof total === 'number' ? total : null,
    message: typeof message === 'string' ? short(clean(message)) : null,
  };
}

function lineOf({ clean }: OpenClient, { level, data }: Record<string, unknown>): { level: string; text: string } {
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  return { level: typeof level === 'string' ? level.slice(0, 20) : 'info', text: short(clean(text)) };
}

function resultOf(
  { clean }: OpenClient,
  {
    content,
    structuredContent,
    isError,
  }: { content: unknown[]; structuredContent?: Record<string, unknown> | undefined; isError?: boolean | undefined },
): ExternalResult {
  const result: ExternalResult = { content, ...(structuredContent && { structuredContent }) };
  if (isDeeperThan(result, mcpLimits.depth + 2))
    throw new McpSourceError('TOO_LARGE', `The answer of the tool is nested more than ${mcpLimits.depth} deep`);
  if (isError) throw new McpSourceError('TOOL_FAILED', short(textOf(content)) || 'The tool says that it failed, and not why');
  const text = JSON.stringify(result);
  const shown = clean(text);
  return shown === text ? result : (JSON.parse(shown) as ExternalResult);
}

const textOf = (content: unknown[]): string =>
  (content as { type: string; text?: string }[]).flatMap(({ type, text }) => (type === 'text' && text ? [text] : [])).join('\n');

const short = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** The same function, for the first messages only. */
function bounded<Value>(tell: (value: Value) => void): (value: Value) => void {
  let left = mostNotes;
  return (value) => {
    if (left-- > 0) tell(value);
  };
}
