import type { WriteSystem } from '#core/feed/write.js';
import type { OwnRun } from '#core/jobs/own-operation.js';
import { lackingForSecret } from '#domains/vault/index.js';
import type { ToolContent } from '../lifecycle/tool-content.js';
import { callExternalTool } from '../sources/call-external-tool.js';
import type { ExternalMcpSource } from '../sources/external-mcp-source.entity.js';
import { timeoutOf } from './begin-execution.js';
import type { LoadedExecution } from './load-execution.js';
import { refuseExecution } from './refuse-execution.js';
import type { Redactor } from './redactor.js';

/** Runs a tool of an external MCP server there. */
export async function runPassthrough(own: OwnRun, loaded: LoadedExecution, redactor: Redactor): Promise<unknown> {
  const { system, signal } = own;
  const { tool, version, server, parameters } = loaded;
  if (!tool.externalSource) throw new Error('The external MCP server of this tool is gone');
  // What somebody agreed to, also when the tool is changed at this moment.
  const { externalSource: sourceId, externalToolName: toolName } = version.policy as Pick<
    ToolContent,
    'externalSource' | 'externalToolName'
  >;
  if (!sourceId || toolName === null) throw new Error('The tool names no tool of an external MCP server');
  let told: Promise<unknown> = Promise.resolve();
  const tell = (task: () => Promise<void>): void => void (told = told.then(task));
  try {
    return await callExternalTool(system, {
      sourceId,
      toolName,
      parameters,
      signal,
      timeoutMs: timeoutOf(version, server),
      check: (source) => check(system, loaded, source),
      onProgress: ({ progress, total, message }) =>
        tell(() =>
          own.progress({
            ...(total !== null && total > 0 && { progress: (progress / total) * 100 }),
            ...(message !== null && { message: redactor.text(message) }),
          }),
        ),
      onLog: ({ text }) => tell(() => own.print('STDERR', redactor.text(text))),
    });
  } finally {
    await told;
  }
}

/**
 * Refuses what may not go to the source as it is now: it may have moved since the run was released, and the secret that it uses may ask
 * for a permission of whoever runs the tool.
 */
async function check(system: WriteSystem, { execution, tool, by }: LoadedExecution, source: ExternalMcpSource): Promise<void> {
  const refusal = await refuseExecution({ em: system.database.fork(), services: system.services }, execution.id);
  if (refusal !== null) throw new Error(refusal);
  const { authType, authSecretName: name, server } = source;
  if (name === null || authType === 'OAUTH') return;
  const lacking = await lackingForSecret(system, {
    ...{ serverId: server.id, name, by, toolId: tool.id, executionId: execution.id },
    detail: `a tool of the MCP server ${source.name}`,
  });
  if (lacking !== null)
    throw new Error(`The secret ${name} of the source ${source.name} asks for the permission ${lacking}, which ${by.name} does not have`);
}
