import type { Domain } from '#core/graph/domain.js';
import { executionsFollowJobs } from './executions/execution-follower.js';
import { executionFeeds } from './executions/execution.feed.js';
import { executionRelations } from './executions/execution.relations.js';
import { ExecutionResolver } from './executions/execution.resolver.js';
import { approvalRisks, executionRetentionDays, pythonMemoryMb } from './executions/execution.settings.js';
import { runExecutions } from './executions/run-execution.js';
import { ToolCacheEntry } from './executions/tool-cache-entry.entity.js';
import { ToolExecutionEvent } from './executions/tool-execution-event.entity.js';
import { ToolExecution } from './executions/tool-execution.entity.js';
import { trimExecutions } from './executions/trim-executions.js';
import { toolsFollowCode } from './lifecycle/review-operation-tools.js';
import { ToolResolver } from './lifecycle/tool.resolver.js';
import { accessDerived } from './requests/access.derived.js';
import { AccessRequestResolver } from './requests/access-request.resolver.js';
import { ModuleRequest } from './requests/module-request.entity.js';
import { NetworkAccessRequest } from './requests/network-access-request.entity.js';
import { sealedOauth, sealedOauthRequest, sealedParameters } from './sealed-tools.js';
import { activityRelations } from './serving/activity.relations.js';
import { McpServer } from './servers/mcp-server.entity.js';
import { discoverMcpTools } from './sources/discover-mcp-tools.js';
import { externalMcpSourceDerived } from './sources/external-mcp-source.derived.js';
import { secretRelations } from './secret.relations.js';
import { McpServerResolver } from './servers/mcp-server.resolver.js';
import { ExternalMcpSource } from './sources/external-mcp-source.entity.js';
import { ExternalMcpSourceResolver } from './sources/external-mcp-source.resolver.js';
import { rediscoverMcpTools } from './sources/rediscover-mcp-tools.js';
import { ToolVersion } from './tool-version.entity.js';
import { Tool } from './tool.entity.js';
import { toolPolicies } from './tool.policy.js';
import { privateHosts, rediscoverAfterHours } from './tool.settings.js';

/** What agents and people may run, who agreed to it, and what came of it. */
export const tools: Domain = {
  name: 'tools',
  entities: [
    McpServer,
    ExternalMcpSource,
    Tool,
    ToolVersion,
    NetworkAccessRequest,
    ModuleRequest,
    ToolExecution,
    ToolExecutionEvent,
    ToolCacheEntry,
  ],
  relations: [...executionRelations, ...secretRelations, ...activityRelations],
  feeds: executionFeeds,
  followers: [executionsFollowJobs],
  codeFollowers: [toolsFollowCode],
  operations: [runExecutions, trimExecutions, discoverMcpTools, rediscoverMcpTools],
  settings: [approvalRisks, executionRetentionDays, pythonMemoryMb, privateHosts, rediscoverAfterHours],
  derived: [...accessDerived, ...externalMcpSourceDerived],
  policies: toolPolicies,
  resolvers: [McpServerResolver, ExternalMcpSourceResolver, ToolResolver, AccessRequestResolver, ExecutionResolver],
  sealed: [sealedOauth, sealedOauthRequest, sealedParameters],
};
