import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import { awaitExecution } from './await-execution.js';
import { readExecution, stateOf } from './execution-state.js';
import type { OwnCall, OwnTool } from './own-tool.js';

const takes = { executionId: { type: 'string', description: 'Id of the execution, as the call answered it' } };
const mostSeconds = 300;
const usualSeconds = 25;

const cancelDocument = 'mutation($input: CancelToolExecutionInput!) { cancelToolExecution(input: $input) { toolExecution { id } } }';

/** The tools to ask what became of a call; every MCP server has them, under names that begin with the prefix. */
export const executionTools = (prefix: string): readonly OwnTool[] => [
  {
    name: `${prefix}get_execution`,
    description: 'Says at once where the execution of a tool stands, and its result when it has one.',
    takes,
    requires: ['executionId'],
    access: 'signedIn',
    run: async (call, { executionId }) => stateOf(await readExecution(call, executionId as string), prefix),
  },
  {
    name: `${prefix}await_execution`,
    description: `Waits until the execution of a tool has ended, such as one that a human has to agree to, and answers its result; after timeoutSeconds it answers how it stands.`,
    takes: {
      ...takes,
      timeoutSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: mostSeconds,
        description: `How long to wait at most; ${usualSeconds} when left out`,
      },
    },
    requires: ['executionId'],
    access: 'signedIn',
    async run(call, { executionId, timeoutSeconds = usualSeconds }) {
      await within(call, executionId as string, timeoutSeconds as number);
      return stateOf(await readExecution(call, executionId as string), prefix);
    },
  },
  {
    name: `${prefix}cancel_execution`,
    description: 'Stops the execution of a tool that has not ended. To break off a call does not stop what it began.',
    takes,
    requires: ['executionId'],
    access: 'signedIn',
    async run(call, { executionId }) {
      await call.ask(cancelDocument, { input: { id: executionId } });
      return stateOf(await readExecution(call, executionId as string), prefix);
    },
  },
];

async function within(call: OwnCall, id: string, seconds: number): Promise<void> {
  if (!isUuid(id)) throw notFound(`ToolExecution ${id}`);
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  await awaitExecution({ ...call, signal }, id, call.tell);
}
