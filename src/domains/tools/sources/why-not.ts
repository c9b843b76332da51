import { SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { OutgoingError, type OutgoingFault } from '#core/network/outgoing-error.js';
import { isGibberish } from './is-gibberish.js';
import { McpSourceError, type McpSourceFault } from './mcp-source-error.js';
import { withoutSecrets } from './without-secrets.js';

/** What else is known of a failure. */
export interface Circumstances {
  secrets?: Iterable<string>;
  /** Who was asked, as a sentence begins: `The server` when left out. */
  what?: string;
  /** Whether a message came that was none of MCP. */
  isGibberish?: boolean;
  /** What broke the whole connection. */
  broken?: Error | null;
  /** Whether the connection was open before. */
  isOpen?: boolean;
}

const longest = 2_500;

const faultOf: Record<OutgoingFault, McpSourceFault> = {
  REFUSED: 'REFUSED',
  UNREACHABLE: 'UNREACHABLE',
  TIMEOUT: 'TIMEOUT',
  TOO_LARGE: 'TOO_LARGE',
  REDIRECT: 'REDIRECT',
};

/** Says in words for people why an external MCP server, or its OAuth server, could not be used; without secrets. */
export function whyNot(error: unknown, circumstances: Circumstances = {}): McpSourceError {
  const { secrets = [], what = 'The server' } = circumstances;
  const [fault, message] = explain(error, what, circumstances);
  return new McpSourceError(fault, withoutSecrets(message, secrets).slice(0, longest));
}

function explain(error: unknown, what: string, circumstances: Circumstances): [McpSourceFault, string] {
  const { isGibberish: isOther = false, broken = null, isOpen = false } = circumstances;
  if (error instanceof McpSourceError) return [error.fault, error.message];
  const outgoing = outgoingOf(error);
  if (outgoing) return [faultOf[outgoing.fault], outgoing.message];
  const status = statusOf(error);
  if (status !== null) return byStatus(status, { what, isOpen, message: (error as Error).message });
  if (error instanceof McpError && error.data instanceof Error) return explain(error.data, what, { ...circumstances, broken: null });
  if (broken && broken !== error && isEnding(error)) return explain(broken, what, { ...circumstances, broken: null });
  if (isGibberish(error) || (isOther && isEnding(error))) return ['NOT_MCP', `${what} answers, but not as MCP has it`];
  if (!(error instanceof McpError))
    return ['UNREACHABLE', `${what} cannot be used: ${error instanceof Error ? error.message : String(error)}`];
  if (error.code === (ErrorCode.RequestTimeout as number)) return ['TIMEOUT', `${what} does not answer in time`];
  if (error.code === (ErrorCode.ConnectionClosed as number)) return ['UNREACHABLE', `${what} closed the connection without an answer`];
  return ['ANSWERED_ERROR', `${what} answers with an error: ${error.message}`];
}

const endings: ReadonlySet<number> = new Set([ErrorCode.RequestTimeout, ErrorCode.ConnectionClosed]);

// Whether it only says that there was no answer.
const isEnding = (error: unknown): boolean => error instanceof SseError || (error instanceof McpError && endings.has(error.code));

// What is thrown within a stream comes as the cause of something else.
function outgoingOf(error: unknown): OutgoingError | null {
  for (let each = error, left = 5; each instanceof Error && left > 0; each = each.cause, left -= 1)
    if (each instanceof OutgoingError) return each;
  return null;
}

function statusOf(error: unknown): number | null {
  const code = error instanceof StreamableHTTPError || error instanceof SseError ? error.code : undefined;
  const named = code ?? Number(/\(HTTP (\d{3})\)/.exec(error instanceof Error ? error.message : '')?.[1]);
  return named >= 300 && !(error instanceof McpError) ? named : null;
}

function byStatus(status: number, { what, isOpen, message }: { what: string; isOpen: boolean; message: string }): [McpSourceFault, string] {
  if (status === 401 || status === 403) return ['UNAUTHORIZED', `${what} refuses the credentials (HTTP ${status})`];
  if (status < 400) return ['REDIRECT', /Redirect[^\n]*/.exec(message)?.[0] ?? `${what} redirects elsewhere (HTTP ${status})`];
  if (status >= 500 || status === 429) return ['UNREACHABLE', `${what} cannot answer at the moment (HTTP ${status})`];
  // MCP has 404 for a session that is gone; some servers say 400.
  if (isOpen && (status === 404 || status === 400)) return ['STALE_SESSION', `${what} has forgotten the session (HTTP ${status})`];
  return ['NOT_MCP', `${what} answers HTTP ${status}: there seems to be no MCP server at this address`];
}
