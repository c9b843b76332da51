import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { loadExecution } from './load-execution.js';
import { redactParameters } from './redact-parameters.js';
import { Redactor } from './redactor.js';
import { runExecution } from './run-execution-name.js';
import { runPassthrough } from './run-passthrough.js';
import { runPython } from './run-python.js';

/** Runs a tool: the version that was asked for, with exactly the parameters that it was given. */
export const runExecutions: OwnOperation = {
  ...runExecution,
  description: 'Runs a tool, on behalf of whoever asked for its execution',
  isInternal: true,
  concurrency: null,
  inputSchema: { type: 'object', required: ['executionId'], properties: { executionId: { type: 'string' } }, additionalProperties: false },
  run,
};

async function run(own: OwnRun): Promise<unknown> {
  const loaded = await loadExecution(own.system, own.parameters.executionId as string);
  const redactor = new Redactor(redactParameters(loaded.parameters, loaded.version.inputSchema).secrets);
  try {
    const carryOut = loaded.tool.type === 'PYTHON_CODE' ? runPython : runPassthrough;
    return redactor.value(await carryOut(own, loaded, redactor));
  } catch (error) {
    own.signal.throwIfAborted();
    // Not with its cause, which may tell a secret.
    // eslint-disable-next-line preserve-caught-error
    throw new Error(redactor.text((error as Error).message));
  }
}
