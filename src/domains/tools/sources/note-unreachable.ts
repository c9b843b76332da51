import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';
import { isSameAddress } from './is-same-address.js';

/** Notes why a source could not be asked; what it offered before stays, and one that was changed or switched off meanwhile stays as it is. */
export async function noteUnreachable({ em, now, record }: WriteContext, asked: ExternalMcpSource, why: string): Promise<void> {
  const source = await em.findOne(ExternalMcpSource, { id: asked.id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (!source || source.status === 'DISABLED' || !isSameAddress(source, asked)) return;
  Object.assign(source, { status: 'ERROR', statusMessage: why, lastDiscoveredAt: now } satisfies Partial<ExternalMcpSource>);
  record('tools.externalMcpSource.discovered', source, { outcome: 'FAILURE', message: why });
}
