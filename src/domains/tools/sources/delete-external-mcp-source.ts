import type { WriteContext } from '#core/feed/write.js';
import { findSource, type SourceChoice } from './find-source.js';
import { SourceConnections } from './source-connections.js';

/** Deletes a connection to an MCP server elsewhere; the tools that were imported from it stay, and cannot be run. Returns its id. */
export async function deleteExternalMcpSource(context: WriteContext, choice: SourceChoice): Promise<string> {
  const source = await findSource(context, choice);
  context.em.remove(source);
  context.record('tools.externalMcpSource.deleted', source, { severity: 'MEDIUM' });
  context.afterCommit(() => context.services.get(SourceConnections).drop(choice.id));
  return choice.id;
}
