import type { SealedColumn } from '#core/database/sealed-column.js';
import { ToolExecution } from './executions/tool-execution.entity.js';
import { ExternalMcpSource } from './sources/external-mcp-source.entity.js';

/** Where the tokens of external MCP servers are sealed. */
export const sealedOauth: SealedColumn<ExternalMcpSource> = {
  entity: ExternalMcpSource,
  property: 'sealedOauth',
  context: ({ id }) => `external_mcp_sources:${id}`,
};

/** Where it is sealed what an OAuth authorization that was begun comes back with. */
export const sealedOauthRequest: SealedColumn<ExternalMcpSource> = {
  entity: ExternalMcpSource,
  property: 'sealedOauthRequest',
  context: ({ id }) => `external_mcp_sources:${id}:request`,
};

/** Where the exact parameters of executions are sealed. */
export const sealedParameters: SealedColumn<ToolExecution> = {
  entity: ToolExecution,
  property: 'sealedParameters',
  context: ({ id }) => `tool_executions:${id}`,
};
