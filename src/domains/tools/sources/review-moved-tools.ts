import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { askPublication } from '../lifecycle/ask-publication.js';
import { settleServer } from '../servers/settle-server.js';
import { Tool } from '../tool.entity.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';

/**
 * Asks again about tools that somebody agreed to, or is about to: at another address their names may stand for something else, and with
 * other credentials they may do more. `what` says what has become of the source.
 */
export async function reviewMovedTools(context: WriteContext, source: ExternalMcpSource, what: string): Promise<void> {
  const { em, record } = context;
  const tools = await em.find(
    Tool,
    { externalSource: source.id, approvalStatus: ['APPROVED', 'PENDING_REVIEW'] },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  for (const tool of tools) {
    await askPublication(context, tool, `${source.name} ${what}`);
    record('tools.tool.submitted', tool);
  }
  if (tools.length > 0) await settleServer(context, source.server.id);
}
