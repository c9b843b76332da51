import type { McpServerStatus } from './mcp-server.entity.js';

/** What happens to an MCP server: somebody starts or stops it, or it gets its first tool that can be served or loses the last one. */
export type ServerEvent = 'START' | 'STOP' | 'SERVABLE' | 'EMPTY';

/** The legal moves; what is not in the table changes nothing, or is refused when somebody asks for it. */
const moves: Record<McpServerStatus, Partial<Record<ServerEvent, McpServerStatus>>> = {
  IMPORTED: { SERVABLE: 'READY' },
  READY: { START: 'RUNNING', EMPTY: 'IMPORTED' },
  RUNNING: { STOP: 'STOPPED', EMPTY: 'ERROR' },
  STOPPED: { START: 'RUNNING' },
  ERROR: { STOP: 'STOPPED', SERVABLE: 'RUNNING' },
};

/** The status that follows, or null when the event is none for this status. */
export const nextStatus = (status: McpServerStatus, event: ServerEvent): McpServerStatus | null => moves[status][event] ?? null;
