import { notFound } from '#core/errors/not-found.js';
import type { McpCaller } from './mcp-caller.js';

const document = `query($id: ID!) { toolExecution(id: $id) {
  id status toolName isTest isComplete result isResultTruncated error durationMs isCached traceId approval { id expiresAt }
} }`;

/** An execution as the graph shows it. */
export interface ReadExecution {
  id: string;
  status: string;
  toolName: string;
  isTest: boolean;
  isComplete: boolean;
  result: unknown;
  isResultTruncated: boolean;
  error: string | null;
  durationMs: number | null;
  isCached: boolean;
  traceId: string | null;
  approval: { id: string; expiresAt: string | null } | null;
}

/** How an execution stands, as clients of MCP see it. */
export interface ExecutionState extends Record<string, unknown> {
  executionId: string;
  status: string;
}

/** An execution as far as the caller may see it. */
export async function readExecution({ ask }: Pick<McpCaller, 'ask'>, id: string): Promise<ReadExecution> {
  const { toolExecution } = await ask<{ toolExecution: ReadExecution | null }>(document, { id });
  if (!toolExecution) throw notFound(`ToolExecution ${id}`);
  return toolExecution;
}

/** How an execution stands and what to do next, for a language model. `prefix` is that of the tools with which it can ask again. */
export function stateOf(execution: ReadExecution, prefix: string): ExecutionState {
  const { id, status, toolName, isTest, isComplete, result, isResultTruncated, error, durationMs, isCached, traceId, approval } = execution;
  return {
    executionId: id,
    status,
    tool: toolName,
    ...(isTest && { isTest }),
    ...(approval && { approvalId: approval.id }),
    ...(isComplete ? { result, error, durationMs } : { next: nextOf(status, approval, prefix) }),
    ...(isResultTruncated && { isResultTruncated }),
    ...(isCached && { isCached }),
    traceId,
  };
}

function nextOf(status: string, approval: { expiresAt: string | null } | null, prefix: string): string {
  const again = `call ${prefix}await_execution with this executionId to wait for its end, or ${prefix}get_execution to look once`;
  if (status !== 'WAITING_APPROVAL') return `It goes on in the background: ${again}.`;
  const until = approval?.expiresAt ? ` until ${approval.expiresAt}` : '';
  return `A human has to agree first, and can${until}; you cannot. Tell the person you work for, and ${again}. Do not call the tool again: that would ask a second time.`;
}
