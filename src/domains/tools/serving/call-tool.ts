import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { compileSchema } from '#core/errors/json-schema.js';
import { maskError } from '#core/errors/mask-error.js';
import { notFound } from '#core/errors/not-found.js';
import { recordDenial } from '#core/graph/mutation.js';
import { awaitExecution } from './await-execution.js';
import { readExecution, stateOf } from './execution-state.js';
import type { Served } from './find-served.js';
import { schemaOfOwn, type OwnCall, type OwnTool } from './own-tool.js';
import { ownToolsAt } from './own-tools.js';
import { ownPrefix } from './reserved-names.js';
import { findServedTool } from './served-tools.js';

/** A call as the client sent it. */
export interface ToolCall {
  name: string;
  given: Record<string, unknown>;
  /** What the client says beside the arguments; ours begin with `signalbox/`. */
  meta: Record<string, unknown>;
}

interface Executed {
  executeTool: { toolExecution: { id: string; status: string } };
}

const executeDocument = 'mutation($input: ExecuteToolInput!) { executeTool(input: $input) { toolExecution { id status } } }';

/** Calls a tool: one of our own, or one of the server. What goes wrong is a result that says so, for the model to read. */
export async function callTool(caller: OwnCall, served: Served, call: ToolCall): Promise<CallToolResult> {
  const own = ownToolsAt(served.slug).find(({ name }) => name === call.name);
  try {
    return own ? resultOf(await runOwn(caller, own, call.given)) : await execute(caller, served, call);
  } catch (error) {
    const { code, message, details } = maskError(error, caller.context.system.log);
    return { ...resultOf({ error: { code, message: inArguments(message), ...inPaths(details) } }), isError: true };
  }
}

/** Where the graph says `input`, a client of MCP has arguments. */
const inArguments = (text: string): string => text.replaceAll(/\binput\.parameters\b/g, 'arguments').replaceAll(/\binput\./g, 'arguments.');

const inPaths = (details: AppError['details']): object => ({ ...details, ...(details.paths && { paths: details.paths.map(inArguments) }) });

const resultOf = (value: Record<string, unknown>): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(value) }],
  structuredContent: value,
});

async function runOwn(caller: OwnCall, tool: OwnTool, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const misfits = compileSchema(schemaOfOwn(tool))(given, 'arguments');
  if (misfits.length > 0)
    throw badInput(misfits.map(({ path, message }) => `${path} ${message}`).join('; '), ...new Set(misfits.map(({ path }) => path)));
  return tool.run(caller, given);
}

async function execute(caller: OwnCall, served: Served, { name, given, meta }: ToolCall): Promise<CallToolResult> {
  const { context, ask, tell } = caller;
  const tool = served.id === null ? null : await findServedTool(context, served.id, name);
  if (!tool?.isServed) {
    const error = notFound(`Tool ${name.slice(0, 128)}`);
    await recordDenial(context, 'executeTool', error, ...(tool ? [{ tool: tool.id }] : []));
    throw error;
  }
  const { executeTool } = await ask<Executed>(executeDocument, {
    input: {
      tool: tool.id,
      parameters: given,
      justification: meta['signalbox/justification'] ?? null,
      idempotencyKey: meta['signalbox/idempotencyKey'] ?? null,
    },
  });
  const { id, status } = executeTool.toolExecution;
  if (status !== 'WAITING_APPROVAL' || meta['signalbox/wait'] === true) await awaitExecution(caller, id, tell);
  const execution = await readExecution(caller, id);
  const state = stateOf(execution, ownPrefix);
  if (!execution.isComplete) return resultOf(state);
  if (execution.status !== 'SUCCEEDED') return { ...resultOf(state), isError: true };
  return { ...answerOf(execution.result), _meta: { 'signalbox/executionId': id, 'signalbox/traceId': execution.traceId } };
}

/** A result as it is: as text, and as structured content too when it is an object, which is all that may stand there. */
function answerOf(result: unknown): CallToolResult {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return {
    content: [{ type: 'text', text: typeof result === 'string' ? result : JSON.stringify(result) }],
    ...(isObject && { structuredContent: result as Record<string, unknown> }),
  };
}
