import canonicalize from 'canonicalize';
import { LockMode } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { reviseTool } from '../lifecycle/revise-tool.js';
import { contentOf } from '../lifecycle/tool-content.js';
import { Tool } from '../tool.entity.js';
import type { DiscoveredTool } from './discovered-tool.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';

/** Tools by their names here: those that are another thing at their source than when they were imported, and those that it does not offer. */
export interface Review {
  changed: string[];
  vanished: string[];
}

type Imported = Pick<DiscoveredTool, 'description' | 'inputSchema'>;

/**
 * Gives the tools that were imported from a source the description and schema that they have there now, where these differ from what was
 * imported last: a new version each, and somebody has to agree again. What people have written here since stays until then. A tool that is not
 * offered any more stays as it is: the next answer may have it again.
 */
export async function reviewChangedTools(
  context: WriteContext,
  source: ExternalMcpSource,
  offered: readonly DiscoveredTool[],
): Promise<Review> {
  const { em, record } = context;
  const byName = new Map(offered.map((tool) => [tool.name, tool]));
  const tools = await em.find(
    Tool,
    { externalSource: source.id },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  const imported = await lastImports(context, source.id);
  const review: Review = { changed: [], vanished: [] };
  for (const tool of tools) {
    const now = byName.get(tool.externalToolName!);
    const then = imported.get(tool.id);
    if (!now) review.vanished.push(tool.name);
    // What was written by hand was never imported, and is nothing that could have changed there.
    if (!now || !then || isSame(now, then)) continue;
    const { description, inputSchema } = now;
    const note = { changeSource: 'IMPORT', changeSummary: `Changed at ${source.name}`.slice(0, 500) } as const;
    if (!(await reviseTool(context, tool, { ...contentOf(tool), description, inputSchema }, note))) continue;
    record('tools.tool.updated', tool, { severity: 'MEDIUM' });
    review.changed.push(tool.name);
  }
  return review;
}

const isSame = (one: Imported, other: Imported): boolean =>
  one.description === other.description && canonicalize(one.inputSchema) === canonicalize(other.inputSchema);

// What each tool was when it was imported, or found changed, for the last time.
async function lastImports({ em }: WriteContext, sourceId: string): Promise<Map<string, Imported>> {
  const rows = await executeSql<{ tool_id: string; description: string | null; input_schema: object }>(
    em,
    sql`select distinct on (v.tool_id) v.tool_id, v.description, v.input_schema from tool_versions v join tools t on t.id = v.tool_id
      where t.external_source_id = ${sourceId}::uuid and v.change_source = 'IMPORT' order by v.tool_id, v.version_number desc`,
  );
  return new Map(rows.map((row) => [row.tool_id, { description: row.description, inputSchema: row.input_schema }]));
}
