import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { ToolVersion } from '../tool-version.entity.js';
import { Tool } from '../tool.entity.js';
import { whyNotRunnable } from './why-not-runnable.js';

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
export async function findRunnable({ em, actor }: WriteContext, id: string, isTest = false): Promise<RunnableNow> {
  const tool = isUuid(id) ? await em.findOne(Tool, { id }, { lockMode: LockMode.PESSIMISTIC_READ }) : null;
  const server = tool?.server ? await em.findOne(McpServer, { id: tool.server.id }) : null;
  const reason = tool && whyNotRunnable(tool, server, isTest);
  if (!tool || (reason !== null && !can(actor, 'tool:read'))) throw notFound(`Tool ${id}`);
  if (reason !== null) throw new AppError('PRECONDITION_FAILED', reason);
  const { requiredPermission } = tool;
  if (requiredPermission !== null && !can(actor, requiredPermission))
    throw new AppError('FORBIDDEN', `This tool needs the permission ${requiredPermission}`);
  const version = await em.findOneOrFail(ToolVersion, { tool, versionNumber: tool.currentVersion });
  return { tool, server, version };
}
