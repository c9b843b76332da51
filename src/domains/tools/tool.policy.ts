import { sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { narrowing, policy, visibleThrough } from '#core/policy/policy.js';
import { Job } from '#domains/jobs/job.entity.js';
import { executionFollower } from './executions/execution-follower.js';
import { ToolCacheEntry } from './executions/tool-cache-entry.entity.js';
import { ToolExecutionEvent } from './executions/tool-execution-event.entity.js';
import { ToolExecution } from './executions/tool-execution.entity.js';
import { ModuleRequest } from './requests/module-request.entity.js';
import { NetworkAccessRequest } from './requests/network-access-request.entity.js';
import { McpServer } from './servers/mcp-server.entity.js';
import { ExternalMcpSource } from './sources/external-mcp-source.entity.js';
import { ToolVersion } from './tool-version.entity.js';
import { Tool } from './tool.entity.js';

/**
 * Who sees what tools consist of: holders of tool:read; uses of tools, and the jobs that carry them out, who asked for them and holders of
 * execution:read.
 */
export const toolPolicies = [
  policy(McpServer, (actor) => can(actor, 'tool:read')),
  policy(ExternalMcpSource, (actor) => can(actor, 'tool:read')),
  policy(Tool, (actor) => can(actor, 'tool:read')),
  policy(
    ToolVersion,
    visibleThrough(() => Tool, 'tool_id'),
  ),
  ...[NetworkAccessRequest, ModuleRequest].map((request) =>
    policy(
      request,
      (actor, alias) => can(actor, 'tool:read') || (actor.id !== null && sql`${sql.ref(`${alias}.requested_by_id`)} = ${actor.id}::uuid`),
    ),
  ),
  policy(
    ToolExecution,
    (actor, alias) => can(actor, 'execution:read') || (actor.id !== null && sql`${sql.ref(`${alias}.user_id`)} = ${actor.id}::uuid`),
  ),
  narrowing(Job, (actor, alias) => {
    if (can(actor, 'execution:read')) return true;
    const isOther = sql`${sql.ref(`${alias}.follower`)} is distinct from ${executionFollower}`;
    // Who only watches has none of their own. So all of them have the same rights, and one reads feeds for all.
    if (can(actor, 'job:read') && !can(actor, 'tool:execute')) return isOther;
    return sql`(${isOther} or ${sql.ref(`${alias}.requested_by_id`)} = ${actor.id}::uuid)`;
  }),
  policy(
    ToolExecutionEvent,
    visibleThrough(() => ToolExecution, 'execution_id'),
  ),
  policy(ToolCacheEntry, (actor) => can(actor, 'execution:read')),
];
