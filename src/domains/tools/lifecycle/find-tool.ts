import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { Tool } from '../tool.entity.js';

/** Which tool to change, and perhaps the revision that was seen. */
export interface ToolChoice {
  id: string;
  expectedRevision?: number | null | undefined;
}

/** Finds a tool to change, as far as the actor may see it, and locks it: before its approval, its requests and its server. */
export async function findTool({ em, actor }: WriteContext, { id, expectedRevision = null }: ToolChoice): Promise<Tool> {
  const tool =
    isUuid(id) && can(actor, 'tool:read') ? await em.findOne(Tool, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) : null;
  if (!tool) throw notFound(`Tool ${id}`);
  if (expectedRevision !== null) await em.lock(tool, LockMode.OPTIMISTIC, expectedRevision);
  return tool;
}
