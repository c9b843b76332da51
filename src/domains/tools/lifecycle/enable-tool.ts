import type { WriteContext } from '#core/feed/write.js';
import { settleServer } from '../servers/settle-server.js';
import type { Tool } from '../tool.entity.js';
import { findTool, type ToolChoice } from './find-tool.js';

/** Lets a tool be used again, once it is approved. */
export async function enableTool(context: WriteContext, choice: ToolChoice): Promise<Tool> {
  const tool = await findTool(context, choice);
  if (tool.isEnabled) return tool;
  tool.isEnabled = true;
  context.record('tools.tool.enabled', tool);
  await settleServer(context, tool.server?.id ?? null);
  return tool;
}
