import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { ToolVersion } from '../tool-version.entity.js';
import type { Tool } from '../tool.entity.js';
import { checkContent } from './check-content.js';
import { findTool, type ToolChoice } from './find-tool.js';
import { operationCode } from './operation-code.js';
import { refuseTakenName } from './refuse-taken-name.js';
import { reviseTool } from './revise-tool.js';
import { contentOf, type ToolContent } from './tool-content.js';

/** Which tool to bring back to which of its versions. */
export interface Rollback extends ToolChoice {
  versionNumber: number;
  changeSummary?: string | null | undefined;
}

/** Makes a tool what it was at one of its versions, as a new version; whether it is enabled stays. */
export async function rollbackTool(context: WriteContext, { versionNumber, changeSummary, ...choice }: Rollback): Promise<Tool> {
  const { em, services } = context;
  const tool = await findTool(context, choice);
  const version = await em.findOne(ToolVersion, { tool, versionNumber });
  if (!version) throw notFound(`Version ${versionNumber} of the tool ${tool.name}`);
  const { name, description, timeoutMs, pythonCode, inputSchema, policy } = version;
  // A version of before a field was added leaves it as it is.
  const content = { ...contentOf(tool), ...(policy as Partial<ToolContent>), name, description, timeoutMs, pythonCode, inputSchema };
  const serverId = tool.server?.id ?? null;
  const problems = new Problems();
  await checkContent(content, { serverId, em, services, problems });
  if (problems.error)
    throw new AppError('PRECONDITION_FAILED', `${tool.name} cannot be what it was at version ${versionNumber}: ${problems.error.message}`);
  // Its toolkit does not go back with it.
  content.operationCode = await operationCode(context, content.operation);
  await refuseTakenName(em, serverId, { id: tool.id, name });
  const note = { changeSummary: changeSummary ?? `Back to version ${versionNumber}`, changeSource: 'ROLLBACK' as const };
  if (!(await reviseTool(context, tool, content, note)))
    throw new AppError('PRECONDITION_FAILED', `${tool.name} is what it was at version ${versionNumber} already`);
  context.record('tools.tool.rolledBack', tool, { details: { versionNumber } });
  return tool;
}
