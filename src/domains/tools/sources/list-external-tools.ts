import { z } from 'zod';
import { storableText } from '#core/database/sql.js';
import type { DiscoveredTool } from './discovered-tool.js';
import { isDeeperThan } from './is-deeper-than.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import type { OpenClient } from './open-client.js';

/** What an external MCP server offers, and what of it cannot be used, with the reason of each. */
export interface DiscoveredTools {
  tools: DiscoveredTool[];
  leftOut: string[];
}

const page = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().max(10_000).optional() });
const mostNamed = 20;

/** Asks an external MCP server for all its tools, page by page; throws when there are more than a source may have. */
export async function listExternalTools(
  { client, clean }: Pick<OpenClient, 'client' | 'clean'>,
  signal: AbortSignal,
  onPage: (count: number) => Promise<void>,
): Promise<DiscoveredTools> {
  const found = new Map<string, DiscoveredTool>();
  const leftOut: string[] = [];
  let bytes = 0;
  let count = 0;
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.request({ method: 'tools/list', params }, page, { signal, timeout: mcpLimits.pageMs });
    count += answer.tools.length;
    if (count > mcpLimits.tools) throw new McpSourceError('TOO_LARGE', `The server offers more than ${mcpLimits.tools} tools`);
    for (const offered of answer.tools) {
      const tool = check(offered, found, clean);
      if ('reason' in tool) leftOut.push(tool.reason);
      else found.set(tool.name, tool);
      bytes += 'reason' in tool ? 0 : JSON.stringify(tool).length;
    }
    if (bytes > mcpLimits.toolBytes)
      throw new McpSourceError('TOO_LARGE', `The tools of the server take more than ${mcpLimits.toolBytes} bytes`);
    await onPage(count);
    cursor = answer.nextCursor;
    if (cursor === undefined || cursor === '') break;
    if (pages === mcpLimits.pages)
      throw new McpSourceError('TOO_LARGE', `The server lists its tools on more than ${mcpLimits.pages} pages`);
  }
  return { tools: [...found.values()], leftOut: leftOut.slice(0, mostNamed) };
}

const shape = z.object({
  name: z
    .string()
    .regex(/^[\w./-]+$/)
    .max(mcpLimits.nameLength),
  description: z.string().optional(),
  inputSchema: z.looseObject({ type: z.literal('object') }),
});

// A tool that cannot be used is left out; the others can be used all the same.
function check(
  offered: unknown,
  found: ReadonlyMap<string, DiscoveredTool>,
  clean: (text: string) => string,
): DiscoveredTool | { reason: string } {
  const named = label(offered, clean);
  if (isDeeperThan(offered, mcpLimits.depth)) return { reason: `${named} (nested more than ${mcpLimits.depth} deep)` };
  const parsed = shape.safeParse(offered);
  if (!parsed.success) return { reason: `${named} (${String(parsed.error.issues[0]!.path[0] ?? 'the whole')} is not as MCP has it)` };
  const { name, description, inputSchema } = parsed.data;
  if (clean(name) !== name) return { reason: `${named} (its name holds the secret of the source)` };
  if (found.has(name)) return { reason: `${named} (offered twice)` };
  if ((description ?? '').length > mcpLimits.descriptionLength)
    return { reason: `${named} (its description has more than ${mcpLimits.descriptionLength} characters)` };
  const schema = JSON.stringify(inputSchema);
  if (schema.length > mcpLimits.schemaBytes) return { reason: `${named} (its input schema has more than ${mcpLimits.schemaBytes} bytes)` };
  return {
    name,
    description: description === undefined ? null : storableText(clean(description)),
    inputSchema: JSON.parse(storableText(clean(schema)).replaceAll('\\u0000', '\\ufffd')) as object,
  };
}

function label(offered: unknown, clean: (text: string) => string): string {
  const name = (offered as { name?: unknown } | null)?.name;
  return typeof name === 'string' && name !== '' ? storableText(clean(name).slice(0, 60)) : 'a tool without a name';
}
