import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { cancelToolExecution } from './cancel-tool-execution.js';
import { executeTool } from './execute-tool.js';
import { CancelToolExecutionInput, ExecuteToolInput, TestToolInput } from './execution.inputs.js';
import { CancelToolExecutionPayload, ExecuteToolPayload, TestToolPayload } from './execution.payloads.js';
import { testTool } from './test-tool.js';
import { ToolExecution } from './tool-execution.entity.js';

/** Running tools, trying them, and stopping that. */
@Resolver(() => ToolExecution)
export class ExecutionResolver {
  @Allow('tool:execute', 10)
  @Mutation(() => ExecuteToolPayload, {
    description:
      'Run a tool that is approved and enabled. What waits for a human has a status of WAITING_APPROVAL; the cursor of the payload replays all of it in the feed toolExecution',
  })
  async executeTool(@Arg('input', () => ExecuteToolInput) input: ExecuteToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { toolExecution: await executeTool(context, input) };
  }

  @Allow('tool:write', 10)
  @Mutation(() => TestToolPayload, {
    description: 'Try a Python tool, whether or not it is approved: without secrets, and with hosts and modules that are approved already',
  })
  async testTool(@Arg('input', () => TestToolInput) input: TestToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { toolExecution: await testTool(context, input) };
  }

  @Allow('signedIn', 10)
  @Mutation(() => CancelToolExecutionPayload, {
    description: "Stop one of the caller's own executions of tools, or with execution:cancel anybody's",
  })
  async cancelToolExecution(
    @Arg('input', () => CancelToolExecutionInput) { id }: CancelToolExecutionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolExecution: await cancelToolExecution(context, id) };
  }
}
