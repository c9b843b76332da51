import type { WriteContext } from '#core/feed/write.js';
import { requestModule } from '../requests/request-module.js';
import { requestNetworkAccess } from '../requests/request-network-access.js';
import { createMcpServer } from '../servers/create-mcp-server.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { Tool } from '../tool.entity.js';
import { createTool } from './create-tool.js';
import type { InspectedCode } from './inspect-code.js';
import type { ToolFolder } from './read-tool-folder.js';
import { submitTool } from './submit-tool.js';

/**
 * Takes the tools of a folder into its server, which it makes when it is not there, submits them, and asks for what they need. Tools that
 * the server has already stay as they are. `inspected` is what was seen of the sources, in their order. Returns the names of the new ones.
 */
export async function importTools(context: WriteContext, folder: ToolFolder, inspected: readonly InspectedCode[]): Promise<string[]> {
  const { em } = context;
  const server = (await em.findOne(McpServer, { slug: folder.server.slug })) ?? (await createMcpServer(context, folder.server));
  await em.flush();
  const imported: string[] = [];
  for (const [i, { hosts, modules, ...tool }] of folder.tools.entries()) {
    if ((await em.count(Tool, { server: server.id, name: tool.name })) > 0) continue;
    const { id } = await createTool(context, { ...tool, type: 'PYTHON_CODE', server: server.id, changeSource: 'IMPORT' }, inspected[i]);
    await em.flush();
    for (const each of hosts) await requestNetworkAccess(context, { ...each, tool: id });
    for (const each of modules) await requestModule(context, { ...each, tool: id });
    await submitTool(context, { id });
    imported.push(tool.name);
  }
  return imported;
}
