import { ref } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { requestApproval } from '#domains/approvals/index.js';
import { ExternalMcpSource } from '../sources/external-mcp-source.entity.js';
import type { Tool } from '../tool.entity.js';
import { beginExecution } from './begin-execution.js';
import { checkParameters } from './check-parameters.js';
import { executionDigest } from './execution-approval.js';
import { approvalRisks } from './execution.settings.js';
import { findRepeatedExecution, type RepeatableRequest } from './find-repeated-execution.js';
import { findRunnable, type RunnableNow } from './find-runnable.js';
import { parameterSchemas, type ParameterSchemas } from './parameter-schemas.js';
import { partOf } from './part-of.js';
import { redactParameters } from './redact-parameters.js';
import type { ToolExecution } from './tool-execution.entity.js';
import { cacheKeyOf, useCache } from './use-cache.js';

/** Which tool to run, and how. */
export interface ExecutionRequest extends RepeatableRequest {
  /** Why; approvers read it. */
  justification?: string | null;
  /** Whether it runs although a result of before would answer it. */
  isCacheSkipped?: boolean | null;
}

/** Runs a tool that is approved and enabled: at once out of the cache, as soon as a worker has room, or once a human has agreed. */
export async function executeTool(context: WriteContext, request: ExecutionRequest): Promise<ToolExecution> {
  const { tool: id, idempotencyKey = null, justification = null } = request;
  const earlier = await findRepeatedExecution(context, request, false);
  if (earlier) return earlier;
  const runnable = await findRunnable(context, id);
  const { tool, version } = runnable;
  const parameters = request.parameters ?? {};
  const asked = parameterSchemas(version.inputSchema);
  await checkParameters(asked, parameters);
  if (asked.approver && tool.type === 'TOOLKIT_OPERATION')
    throw new AppError('PRECONDITION_FAILED', 'The tool asks its approver for parameters, which an operation of a toolkit cannot take');

  const risks = context.services.get(Settings).value(approvalRisks);
  const requiresApproval = tool.requiresApproval || asked.approver !== null || risks.includes(tool.riskLevel);
  // What a human agreed to for one is not there for others, and whatever took a secret is not kept; code that reads one says so later.
  const isKept =
    tool.cacheTtlMs !== null &&
    !requiresApproval &&
    redactParameters(parameters, version.inputSchema).secrets.length === 0 &&
    (tool.type !== 'MCP_PASSTHROUGH' || (await isOpenSource(context, tool)));
  const cacheKey = isKept ? cacheKeyOf(tool, version, parameters) : null;
  const hit = cacheKey !== null && !request.isCacheSkipped ? await useCache(context, tool, cacheKey) : null;
  const execution = await beginExecution(context, { ...runnable, parameters, idempotencyKey, requiresApproval, cacheKey, hit });
  if (requiresApproval) await ask(context, execution, { ...runnable, asked, justification });
  return execution;
}

// One that is switched off answers nothing, and what another one answers may be for whoever may use its secret only.
async function isOpenSource({ em }: WriteContext, { externalSource }: Tool): Promise<boolean> {
  const source = externalSource && (await em.findOne(ExternalMcpSource, { id: externalSource.id }));
  return source?.authType === 'NONE' && source.status !== 'DISABLED';
}

type Question = RunnableNow & { asked: ParameterSchemas; justification: string | null };

async function ask(
  context: WriteContext,
  execution: ToolExecution,
  { tool, server, version, asked, justification }: Question,
): Promise<void> {
  const { id, parameters, parametersDigest } = execution;
  const approval = await requestApproval(partOf(context, id), {
    kind: 'TOOL_EXECUTION',
    subjectId: id,
    subjectName: tool.name,
    digest: executionDigest(version.digest, parametersDigest!),
    riskLevel: tool.riskLevel,
    justification,
    riskAssessment: {
      tool: tool.name,
      version: version.versionNumber,
      type: tool.type,
      server: server?.slug ?? null,
      allowedHosts: server?.allowedHosts ?? [],
      parameters,
    },
    ...(asked.approver && { question: `Give the tool ${tool.name}: ${asked.approverNames.join(', ')}`, answerSchema: asked.approver }),
  });
  execution.approval = ref(approval);
}
