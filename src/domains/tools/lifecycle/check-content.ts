import type { EntityManager } from '@mikro-orm/postgresql';
import { isUuid } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { Services } from '#core/feed/services.js';
import { Operations } from '#core/jobs/operations.js';
import { Permission } from '#domains/identity/roles/permission.entity.js';
import { ownPrefix } from '../serving/reserved-names.js';
import { ExternalMcpSource } from '../sources/external-mcp-source.entity.js';
import type { ToolType } from '../tool-kinds.js';
import { checkInputSchema } from './check-input-schema.js';
import type { ToolContent } from './tool-content.js';

/** Where a content is to be checked: the id of the tool's server, what looks things up, and where to note what is wrong. */
export interface CheckPlace {
  serverId: string | null;
  em: EntityManager;
  services: Services;
  problems: Problems;
}

const texts = { displayName: 255, description: 10_000 } as const;
const bounds = {
  timeoutMs: [100, 3_600_000],
  maxConcurrentExecutions: [1, 1_000],
  maxAttempts: [1, 10],
  cacheTtlMs: [1_000, 30 * 86_400_000],
} as const;
const mostDependencies = 100;

/** The fields that belong to one type only. */
const ofType = {
  pythonCode: 'PYTHON_CODE',
  codeDependencies: 'PYTHON_CODE',
  externalSource: 'MCP_PASSTHROUGH',
  externalToolName: 'MCP_PASSTHROUGH',
  operation: 'TOOLKIT_OPERATION',
} as const satisfies Partial<Record<keyof ToolContent, ToolType>>;

/** Notes all that keeps a content from being one of a tool; what its Python code says is checked elsewhere. */
export async function checkContent(content: ToolContent, place: CheckPlace): Promise<void> {
  const { problems, em, services } = place;
  checkTexts(content, problems);
  checkInputSchema(content.inputSchema, problems);
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = content[name as keyof typeof bounds];
    if (value !== null && (!Number.isInteger(value) || value < least || value > most))
      problems.add(`${name} is between ${least} and ${most}`, `input.${name}`);
  }
  for (const [name, type] of Object.entries(ofType)) {
    const value = content[name as keyof typeof ofType];
    if (content.type !== type && value !== null && !(Array.isArray(value) && value.length === 0))
      problems.add(`${name} is for tools of the type ${type} only`, `input.${name}`);
  }
  const { requiredPermission } = content;
  if (requiredPermission !== null && (await em.count(Permission, { name: requiredPermission })) === 0)
    problems.add(`There is no permission ${requiredPermission}`, 'input.requiredPermission');
  if (content.type === 'PYTHON_CODE' && content.pythonCode === null)
    problems.add('A tool of the type PYTHON_CODE has pythonCode', 'input.pythonCode');
  if (content.type === 'MCP_PASSTHROUGH') await checkSource(content, place);
  if (content.type === 'TOOLKIT_OPERATION') checkOperation(content.operation, services.get(Operations), problems);
}

function checkTexts(content: ToolContent, problems: Problems): void {
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(content.name))
    problems.add('name has 1 to 128 letters, digits, dots, hyphens and underscores', 'input.name');
  if (content.name.startsWith(ownPrefix)) problems.add(`Only our own tools have names that begin with ${ownPrefix}`, 'input.name');
  for (const [name, most] of Object.entries(texts)) {
    const value = content[name as keyof typeof texts];
    if (value !== null && (value.length > most || value.includes('\0')))
      problems.add(`${name} has at most ${most} characters`, `input.${name}`);
  }
  const { pythonCode, codeDependencies } = content;
  if (pythonCode !== null && pythonCode.length > mostCode)
    problems.add(`pythonCode has at most ${mostCode} characters`, 'input.pythonCode');
  const isName = (name: string): boolean => /^[A-Za-z_][\w.-]{0,199}$/.test(name);
  if (codeDependencies.length > mostDependencies || !codeDependencies.every(isName))
    problems.add(`codeDependencies are at most ${mostDependencies} names of packages`, 'input.codeDependencies');
}

/** What the code of a tool may have at most, in characters. */
export const mostCode = 262_144;

async function checkSource({ externalSource, externalToolName }: ToolContent, { em, serverId, problems }: CheckPlace): Promise<void> {
  if (externalToolName === null || externalToolName.length === 0 || externalToolName.length > 255)
    problems.add('A tool of the type MCP_PASSTHROUGH has an externalToolName, of at most 255 characters', 'input.externalToolName');
  const source = externalSource !== null && isUuid(externalSource) ? await em.findOne(ExternalMcpSource, { id: externalSource }) : null;
  if (!source || source.server.id !== serverId)
    problems.add('A tool of the type MCP_PASSTHROUGH has an externalSource of its own server', 'input.externalSource');
}

function checkOperation(operation: string | null, operations: Operations, problems: Problems): void {
  if (operation === null) problems.add('A tool of the type TOOLKIT_OPERATION has an operation', 'input.operation');
  else if (!operations.names.includes(operation))
    problems.add(`There is no operation ${operation}; there are: ${operations.names.join(', ')}`, 'input.operation');
}
