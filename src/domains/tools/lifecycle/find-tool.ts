import { findForChange, type Choice } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import { Tool } from '../tool.entity.js';

/** Which tool to change, and perhaps the revision that was seen. */
export type ToolChoice = Choice;

/** Finds a tool to change, as far as the actor may see it, and locks it: before its approval, its requests and its server. */
export const findTool = (context: WriteContext, choice: ToolChoice): Promise<Tool> => findForChange(context, Tool, choice);
