import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { isOffered, offeredModules } from '../sandbox/modules.js';
import type { Tool } from '../tool.entity.js';
import { askPublication } from './ask-publication.js';
import { findTool, type ToolChoice } from './find-tool.js';
import { operationCode } from './operation-code.js';
import { reviseTool } from './revise-tool.js';
import { contentOf } from './tool-content.js';

/** Which tool to submit, and what to tell whoever decides; what was told before stays when nothing is said. */
export interface Submission extends ToolChoice {
  publishNotes?: string | null | undefined;
}

/** Asks somebody to agree that a tool is used as it is. What the sandbox can never offer it is refused at once. */
export async function submitTool(context: WriteContext, { publishNotes, ...choice }: Submission): Promise<Tool> {
  const tool = await findTool(context, choice);
  const { name, approvalStatus, neededModules, codeDependencies } = tool;
  if (approvalStatus === 'APPROVED') throw new AppError('PRECONDITION_FAILED', `Somebody agreed to ${name} as it is already`);
  if (approvalStatus === 'PENDING_REVIEW') throw new AppError('PRECONDITION_FAILED', `${name} waits for somebody to agree already`);
  const missing = [...neededModules, ...codeDependencies].filter((module) => !isOffered(module)).sort();
  if (missing.length > 0)
    throw new AppError('PRECONDITION_FAILED', `The sandbox does not have: ${missing.join(', ')}. There are: ${offeredModules.join(', ')}`, {
      modules: missing,
    });
  if (publishNotes != null) tool.publishNotes = publishNotes;
  // The toolkit may have changed in the moment in which the tool was written.
  const code = await operationCode(context, tool.operation);
  if (code !== tool.operationCode) await reviseTool(context, tool, { ...contentOf(tool), operationCode: code });
  if (tool.approvalStatus !== 'PENDING_REVIEW') await askPublication(context, tool, `${name} was submitted again`);
  context.record('tools.tool.submitted', tool);
  return tool;
}
