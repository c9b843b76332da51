import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';
import { isSameAddress } from './is-same-address.js';
import type { DiscoveredTools } from './list-external-tools.js';
import { reviewChangedTools } from './review-changed-tools.js';

/** What a source was found to offer: how many tools, and which imported ones have changed or are not offered any more, by their names here. */
export interface Discovery {
  tools: number;
  leftOut: string[];
  changed: string[];
  vanished: string[];
}

const longest = 2_000;

/** Keeps what a source offers, and has somebody agree again to what has changed of the tools that were imported from it. */
export async function keepDiscovered(
  context: WriteContext,
  asked: ExternalMcpSource,
  { tools, leftOut }: DiscoveredTools,
): Promise<Discovery> {
  const { em, now, record } = context;
  const source = await em.findOne(ExternalMcpSource, { id: asked.id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (!source) throw new Error('The source was deleted meanwhile');
  if (source.status === 'DISABLED' || !isSameAddress(source, asked)) throw new Error('The source was changed meanwhile: discover again');
  const { changed, vanished } = await reviewChangedTools(context, source, tools);
  const messages = [
    vanished.length > 0 ? `Not offered any more: ${vanished.join(', ')}` : null,
    leftOut.length > 0 ? `Left out: ${leftOut.join(', ')}` : null,
  ].filter((each) => each !== null);
  Object.assign(source, {
    status: 'ACTIVE',
    statusMessage: messages.length > 0 ? messages.join('. ').slice(0, longest) : null,
    lastDiscoveredAt: now,
    toolCount: tools.length,
    discoveredTools: tools,
  } satisfies Partial<ExternalMcpSource>);
  record('tools.externalMcpSource.discovered', source, { details: { tools: tools.length, changed, vanished, leftOut } });
  return { tools: tools.length, leftOut, changed, vanished };
}
