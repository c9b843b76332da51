import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';

/** Which external source to change, and perhaps the revision that was seen. */
export interface SourceChoice {
  id: string;
  expectedRevision?: number | null | undefined;
}

/** Finds an external source to change, as far as the actor may see it, and locks it: before its tools. */
export async function findSource({ em, actor }: WriteContext, { id, expectedRevision = null }: SourceChoice): Promise<ExternalMcpSource> {
  const source =
    isUuid(id) && can(actor, 'tool:read')
      ? await em.findOne(ExternalMcpSource, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
      : null;
  if (!source) throw notFound(`ExternalMcpSource ${id}`);
  if (expectedRevision !== null) await em.lock(source, LockMode.OPTIMISTIC, expectedRevision);
  return source;
}
