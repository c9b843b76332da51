import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';
import { User } from '#domains/identity/users/user.entity.js';
import { findServer } from '../servers/find-server.js';
import type { ToolType } from '../tool-kinds.js';
import { Tool } from '../tool.entity.js';
import { addToolVersion, type VersionNote } from './add-tool-version.js';
import { checkContent } from './check-content.js';
import { checkPython } from './check-python.js';
import { operationCode } from './operation-code.js';
import { refuseTakenName } from './refuse-taken-name.js';
import { contentOf, putContent, type ToolContent } from './tool-content.js';

type Given = { [Key in keyof Omit<ToolContent, 'neededModules' | 'operationCode'>]?: ToolContent[Key] | null | undefined };

/** What a new tool is; what is left out or null is as a tool has it by default. */
export interface NewTool extends Given, VersionNote {
  name: string;
  type: ToolType;
  /** Id of its MCP server; null for a tool that is not served over MCP. */
  server?: string | null | undefined;
}

/** Creates a tool as a draft, with its first version. `prepared` is what was seen of its Python code before the transaction. */
export async function createTool(context: WriteContext, given: NewTool, prepared: unknown = null): Promise<Tool> {
  const { em, actor, services, record } = context;
  const { server: serverId = null, changeSummary, changeSource, ...values } = given;
  const tool = Object.assign(new Tool(), { id: newId(declarationOf(Tool).type), type: values.type, name: values.name });
  const written = Object.entries(values).filter(([, value]) => value != null);
  const content: ToolContent = { ...contentOf(tool), ...(Object.fromEntries(written) as Partial<ToolContent>) };
  // Whoever calls the tool reads it, and whoever agrees to the tool has seen it.
  if (content.type === 'TOOLKIT_OPERATION' && content.operation !== null)
    content.inputSchema ??= services.get(Operations).find(content.operation)?.inputSchema ?? null;
  const problems = new Problems();
  await checkContent(content, { serverId, em, services, problems });
  if (content.type === 'PYTHON_CODE' && content.pythonCode !== null)
    content.neededModules = checkPython(content.pythonCode, prepared, problems);
  problems.throwIfAny();
  content.operationCode = await operationCode(context, content.operation);
  const server = serverId === null ? null : await findServer(context, { id: serverId });
  await refuseTakenName(em, serverId, tool);
  tool.server = server && ref(server);
  putContent(em, tool, content);
  tool.createdBy = actor.id === null ? null : ref(em.getReference(User, actor.id));
  tool.createdByName = actor.name;
  em.persist(tool);
  addToolVersion(context, tool, { changeSummary, changeSource });
  record('tools.tool.created', tool);
  return tool;
}
