/** Why an external MCP server could not be used. */
export type McpSourceFault =
  | 'DISABLED'
  | 'NO_SECRET'
  | 'REFUSED'
  | 'UNREACHABLE'
  | 'UNAUTHORIZED'
  | 'TIMEOUT'
  | 'TOO_LARGE'
  | 'REDIRECT'
  | 'NOT_MCP'
  | 'STALE_SESSION'
  | 'ANSWERED_ERROR'
  | 'TOOL_FAILED';

/** An external MCP server that could not be used, in words for people; they hold no secret. */
export class McpSourceError extends Error {
  override readonly name = 'McpSourceError';

  constructor(
    readonly fault: McpSourceFault,
    message: string,
  ) {
    super(message);
  }
}
