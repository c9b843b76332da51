import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Tool } from '../tool.entity.js';
import type { VersionNote } from './add-tool-version.js';
import { checkContent } from './check-content.js';
import { checkPython } from './check-python.js';
import { findTool, type ToolChoice } from './find-tool.js';
import { operationCode } from './operation-code.js';
import { refuseTakenName } from './refuse-taken-name.js';
import { reviseTool } from './revise-tool.js';
import { contentOf, type ToolContent } from './tool-content.js';

type Change = { [Key in keyof Omit<ToolContent, 'type' | 'neededModules' | 'operationCode'>]?: ToolContent[Key] | null | undefined };

/** What to change of a tool: what is left out stays, and null clears what may be empty. */
export interface ToolChange extends Change, ToolChoice, VersionNote {}

const clearable: ReadonlySet<string> = new Set([
  'displayName',
  'description',
  'inputSchema',
  'requiredPermission',
  'maxConcurrentExecutions',
  'timeoutMs',
  'cacheTtlMs',
] satisfies (keyof Change)[]);

/** Changes a tool. `prepared` is what was seen of its new Python code before the transaction. */
export async function updateTool(context: WriteContext, change: ToolChange, prepared: unknown = null): Promise<Tool> {
  const { id, expectedRevision, changeSummary, changeSource, ...given } = change;
  const { em, services } = context;
  const tool = await findTool(context, { id, expectedRevision });
  const values = Object.entries(given).filter(([key, value]) => value !== undefined && (value !== null || clearable.has(key)));
  const content = { ...contentOf(tool), ...(Object.fromEntries(values) as Partial<ToolContent>) };
  const problems = new Problems();
  await checkContent(content, { serverId: tool.server?.id ?? null, em, services, problems });
  if (tool.type === 'PYTHON_CODE' && content.pythonCode !== null && content.pythonCode !== tool.pythonCode)
    content.neededModules = checkPython(content.pythonCode, prepared, problems);
  problems.throwIfAny();
  content.operationCode = await operationCode(context, content.operation);
  await refuseTakenName(em, tool.server?.id ?? null, { id, name: content.name });
  if (await reviseTool(context, tool, content, { changeSummary, changeSource })) context.record('tools.tool.updated', tool);
  return tool;
}
