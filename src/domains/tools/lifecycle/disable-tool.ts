import type { WriteContext } from '#core/feed/write.js';
import { settleServer } from '../servers/settle-server.js';
import type { Tool } from '../tool.entity.js';
import { findTool, type ToolChoice } from './find-tool.js';

/** Lets a tool not be used any more, whether it is approved or not. */
export async function disableTool(context: WriteContext, choice: ToolChoice): Promise<Tool> {
  const tool = await findTool(context, choice);
  if (!tool.isEnabled) return tool;
  tool.isEnabled = false;
  context.record('tools.tool.disabled', tool);
  await settleServer(context, tool.server?.id ?? null);
  return tool;
}
