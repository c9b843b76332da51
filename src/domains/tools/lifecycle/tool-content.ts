import { ref } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ExternalMcpSource } from '../sources/external-mcp-source.entity.js';
import type { Tool } from '../tool.entity.js';

/** What is written of a tool, with the id of its external source; each change of it makes a version. */
export interface ToolContent extends Pick<
  Tool,
  | 'name'
  | 'displayName'
  | 'description'
  | 'category'
  | 'type'
  | 'inputSchema'
  | 'pythonCode'
  | 'codeDependencies'
  | 'neededModules'
  | 'externalToolName'
  | 'operation'
  | 'operationCode'
  | 'requiresApproval'
  | 'riskLevel'
  | 'requiredPermission'
  | 'maxConcurrentExecutions'
  | 'timeoutMs'
  | 'maxAttempts'
  | 'cacheTtlMs'
> {
  externalSource: string | null;
}

/** What is written of a tool now. */
export const contentOf = (tool: Tool): ToolContent => ({
  name: tool.name,
  displayName: tool.displayName,
  description: tool.description,
  category: tool.category,
  type: tool.type,
  inputSchema: tool.inputSchema,
  pythonCode: tool.pythonCode,
  codeDependencies: tool.codeDependencies,
  neededModules: tool.neededModules,
  externalSource: tool.externalSource?.id ?? null,
  externalToolName: tool.externalToolName,
  operation: tool.operation,
  operationCode: tool.operationCode,
  requiresApproval: tool.requiresApproval,
  riskLevel: tool.riskLevel,
  requiredPermission: tool.requiredPermission,
  maxConcurrentExecutions: tool.maxConcurrentExecutions,
  timeoutMs: tool.timeoutMs,
  maxAttempts: tool.maxAttempts,
  cacheTtlMs: tool.cacheTtlMs,
});

/** Writes a content into a tool. */
export function putContent(em: EntityManager, tool: Tool, { externalSource, ...content }: ToolContent): void {
  Object.assign(tool, content);
  tool.externalSource = externalSource === null ? null : ref(em.getReference(ExternalMcpSource, externalSource));
}
