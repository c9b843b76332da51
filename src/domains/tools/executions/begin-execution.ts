import { ref } from '@mikro-orm/core';
import { storableJson } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { badInput } from '#core/errors/bad-input.js';
import { endStreams, openStreams } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { User } from '#domains/identity/users/user.entity.js';
import { enqueueJob, type JobRequest } from '#domains/jobs/index.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { sealedParameters } from '../sealed-tools.js';
import type { ToolVersion } from '../tool-version.entity.js';
import type { Tool } from '../tool.entity.js';
import { executionFollower } from './execution-follower.js';
import { appendExecutionEvents, eventsOfExecution } from './execution-streams.js';
import { digestOfParameters } from './parameters-digest.js';
import { partOf } from './part-of.js';
import { redactParameters } from './redact-parameters.js';
import { runExecutionName } from './run-execution-name.js';
import type { ToolCacheEntry } from './tool-cache-entry.entity.js';
import { ToolExecution } from './tool-execution.entity.js';

/** What is to be run, and what was found out about it. */
export interface NewExecution {
  tool: Tool;
  server: McpServer | null;
  version: ToolVersion;
  parameters: Record<string, unknown>;
  idempotencyKey: string | null;
  isTest?: boolean;
  requiresApproval?: boolean;
  cacheKey?: string | null;
  /** What answers it at once. */
  hit?: ToolCacheEntry | null;
}

// A run waits for a process of its own before its time begins.
const allowanceMs = 15_000;
const mostSecrets = 1_000;

/** Makes an execution, with its job unless its answer is there already, in the caller's transaction. */
export async function beginExecution(given: WriteContext, request: NewExecution): Promise<ToolExecution> {
  const execution = newExecution(given, request);
  const { id } = execution;
  const context = partOf(given, id);
  const { em, record, touch } = context;
  em.persist(execution);
  record(request.isTest ? 'tools.toolExecution.tested' : 'tools.toolExecution.requested', execution, {
    // What it was given is sealed, and what is shown of it holds no secret.
    isSensitive: false,
  });
  await em.flush();
  const stream = eventsOfExecution(id);
  await openStreams(em, stream);
  if (!request.hit) {
    const job = await enqueueJob(context, jobOf(context, execution, request));
    execution.job = ref(job);
    await em.flush();
  }
  const message = request.hit ? 'Answered out of the cache' : request.requiresApproval ? 'Waits for an approval' : 'Waits for a worker';
  await appendExecutionEvents(em, id, [{ kind: 'STATUS', status: execution.status, attempt: 0, message, progress: request.hit ? 100 : 0 }]);
  if (request.hit) await endStreams(em, execution.status, stream);
  // Everything of a new execution comes after its beginning.
  touch(stream, 0);
  return execution;
}

function newExecution({ em, actor, now, traceId, services }: WriteContext, request: NewExecution): ToolExecution {
  const { tool, server, version, parameters, hit = null, requiresApproval = false } = request;
  const { shown, secrets } = redactParameters(parameters, version.inputSchema);
  // Each is looked for in everything that the run tells.
  if (secrets.length > mostSecrets) throw badInput(`Parameters have at most ${mostSecrets} secrets in them`, 'input.parameters');
  const execution = Object.assign(new ToolExecution(), {
    id: newId(declarationOf(ToolExecution).type),
    tool: ref(tool),
    server: server && ref(server),
    toolName: tool.name,
    toolVersion: version.versionNumber,
    user: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    executedByName: actor.name,
    status: hit ? 'SUCCEEDED' : requiresApproval ? 'WAITING_APPROVAL' : 'QUEUED',
    parameters: JSON.parse(storableJson(shown)) as unknown,
    parametersDigest: digestOfParameters(parameters),
    cacheKey: request.cacheKey ?? null,
    requiresApproval,
    agreementId: tool.approval?.id ?? null,
    isTest: request.isTest ?? false,
    idempotencyKey: request.idempotencyKey,
    apiTokenId: actor.apiToken?.id ?? null,
    traceId,
    createdAt: now,
  } satisfies Partial<ToolExecution>);
  execution.sealedParameters = services.get(KeyRing).seal(JSON.stringify(parameters), sealedParameters.context(execution));
  if (hit)
    Object.assign(execution, {
      isCached: true,
      cacheEntry: ref(hit),
      result: hit.result,
      startedAt: now,
      completedAt: now,
      durationMs: 0,
    } satisfies Partial<ToolExecution>);
  return execution;
}

/** The job of an execution: that of its operation, or one that runs it; what is secret stands in neither. */
function jobOf(
  { services }: WriteContext,
  { id }: ToolExecution,
  { tool, server, parameters, version, ...request }: NewExecution,
): JobRequest {
  const { maxConcurrentExecutions: limit, maxAttempts, operation: name } = tool;
  const own = limit === null ? null : { key: `tool:${tool.id}`, limit };
  const terms = { follower: executionFollower, followerId: id, isWaiting: request.requiresApproval ?? false, maxAttempts };
  if (tool.type !== 'TOOLKIT_OPERATION') {
    const timeoutMs = timeoutOf(tool, server) + allowanceMs;
    return { name: runExecutionName, parameters: { executionId: id }, terms: { ...terms, timeoutMs, concurrency: own } };
  }
  if (redactParameters(parameters, version.inputSchema).secrets.length > 0)
    throw badInput('An operation of a toolkit takes no secrets: they would stand in its job', 'input.parameters');
  const operation = services.get(Operations).find(name!);
  return {
    name: name!,
    parameters,
    terms: {
      ...terms,
      ...(tool.timeoutMs !== null && { timeoutMs: tool.timeoutMs }),
      // The operation's own limit holds for all who run it.
      ...(operation?.concurrency == null && { concurrency: own }),
    },
  };
}

/** The longest time of a run, in milliseconds: a tool's own goes over that of its server. */
export const timeoutOf = ({ timeoutMs }: Pick<Tool, 'timeoutMs'>, server: Pick<McpServer, 'defaultTimeoutMs'> | null): number =>
  timeoutMs ?? server?.defaultTimeoutMs ?? 30_000;
