import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { operationCode } from '../lifecycle/operation-code.js';
import type { ToolContent } from '../lifecycle/tool-content.js';
import { ToolVersion } from '../tool-version.entity.js';
import { Tool } from '../tool.entity.js';
import { otherCode, whyNotRunnable } from './why-not-runnable.js';

/** A tool that can be run, as it is now. */
export interface RunnableNow {
  tool: Tool;
  server: McpServer | null;
  version: ToolVersion;
}

/**
 * A tool that the actor may run now, held as it is until the end of the transaction. Who may not see tools learns of those that can be
 * run only, by their ids.
 */
export async function findRunnable(context: WriteContext, id: string, isTest = false): Promise<RunnableNow> {
  const { em, actor } = context;
  const tool = isUuid(id) ? await em.findOne(Tool, { id }, { lockMode: LockMode.PESSIMISTIC_READ }) : null;
  const server = tool?.server ? await em.findOne(McpServer, { id: tool.server.id }) : null;
  const reason = tool && whyNotRunnable(tool, server, isTest);
  if (!tool || (reason !== null && !can(actor, 'tool:read'))) throw notFound(`Tool ${id}`);
  if (reason !== null) throw new AppError('PRECONDITION_FAILED', reason);
  const { requiredPermission } = tool;
  if (requiredPermission !== null && !can(actor, requiredPermission))
    throw new AppError('FORBIDDEN', `This tool needs the permission ${requiredPermission}`);
  const version = await em.findOneOrFail(ToolVersion, { tool, versionNumber: tool.currentVersion });
  if (!isTest) await refuseOtherCode(context, tool, version);
  return { tool, server, version };
}

// Somebody agreed to the operation with its code. What has changed was seen to when it did, unless the tool was written at that moment.
async function refuseOtherCode(context: WriteContext, { name, operation }: Tool, { policy }: ToolVersion): Promise<void> {
  const { operationCode: agreed = null } = policy as Partial<ToolContent>;
  if ((await operationCode(context, operation)) !== agreed) throw new AppError('PRECONDITION_FAILED', otherCode(name));
}
