import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { createTool } from '../lifecycle/create-tool.js';
import { Tool } from '../tool.entity.js';
import type { DiscoveredTool } from './discovered-tool.js';
import { findSource } from './find-source.js';

const atOnce = 100;

/** Makes drafts of tools that an MCP server elsewhere was found to offer, by their names there: all of them, or none. */
export async function importExternalTools(
  context: WriteContext,
  { source: id, names }: { source: string; names: readonly string[] },
): Promise<Tool[]> {
  const at = 'input.names';
  if (names.length === 0 || names.length > atOnce) throw badInput(`names are 1 to ${atOnce} names of discovered tools`, at);
  if (new Set(names).size < names.length) throw badInput('names has the same name twice', at);
  const source = await findSource(context, { id });
  if (source.discoveredTools === null)
    throw new AppError('PRECONDITION_FAILED', `Nobody has asked ${source.name} for its tools yet: discover them first`);
  const offered = new Map(source.discoveredTools.map((tool) => [tool.name, tool]));
  const unknown = names.filter((name) => !offered.has(name));
  if (unknown.length > 0) throw badInput(`${source.name} was not found to offer: ${unknown.join(', ')}`, at);
  const unusable = names.filter((name) => !/^[A-Za-z0-9_.-]+$/.test(name));
  if (unusable.length > 0) throw badInput(`No tool here can have the name: ${unusable.join(', ')}`, at);
  await refuseTaken(context, source.server.id, names);
  const tools: Tool[] = [];
  for (const name of names) tools.push(await importOne(context, source, offered.get(name)!));
  context.record('tools.externalMcpSource.imported', source, { details: { names } });
  return tools;
}

async function refuseTaken({ em }: WriteContext, server: string, names: readonly string[]): Promise<void> {
  const taken = await em.find(Tool, { server, name: [...names] }, { orderBy: { name: 'asc' } });
  if (taken.length > 0)
    throw new AppError('CONFLICT', `The server has tools of these names already: ${taken.map(({ name }) => name).join(', ')}`, {
      paths: ['input.names'],
      names: taken.map(({ name }) => name),
    });
}

const importOne = (
  context: WriteContext,
  source: { id: string; name: string; server: { id: string } },
  offered: DiscoveredTool,
): Promise<Tool> =>
  createTool(context, {
    ...offered,
    server: source.server.id,
    type: 'MCP_PASSTHROUGH',
    category: 'API_CALLS',
    externalSource: source.id,
    externalToolName: offered.name,
    changeSource: 'IMPORT',
    changeSummary: `Imported from ${source.name}`.slice(0, 500),
  });
