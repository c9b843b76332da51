import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import { Beforehand } from '#core/graph/beforehand.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { Tool } from '../tool.entity.js';
import { compareVersions } from './compare-versions.js';
import { createTool } from './create-tool.js';
import { deleteTool } from './delete-tool.js';
import { disableTool } from './disable-tool.js';
import { enableTool } from './enable-tool.js';
import { findVersions } from './find-versions.js';
import { inspectCode } from './inspect-code.js';
import { rollbackTool } from './rollback-tool.js';
import { submitTool } from './submit-tool.js';
import {
  CreateToolInput,
  DeleteToolInput,
  DisableToolInput,
  EnableToolInput,
  RollbackToolInput,
  SubmitToolInput,
  UpdateToolInput,
} from './tool.inputs.js';
import {
  CreateToolPayload,
  DeleteToolPayload,
  DisableToolPayload,
  EnableToolPayload,
  RollbackToolPayload,
  SubmitToolPayload,
  ToolVersionComparison,
  UpdateToolPayload,
} from './tool.payloads.js';
import { updateTool } from './update-tool.js';

/** What can be done with tools, from a draft to one that is deleted. */
@Resolver(() => Tool)
export class ToolResolver {
  @Allow('tool:write', 50)
  @Beforehand(inspectCode)
  @Mutation(() => CreateToolPayload, {
    description: 'Write a new tool, as a draft; Python code has to parse and to define `async def main(...)`',
  })
  async createTool(@Arg('input', () => CreateToolInput) input: CreateToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await createTool(context, input, context.prepared) };
  }

  @Allow('tool:write', 50)
  @Beforehand(inspectCode)
  @Mutation(() => UpdateToolPayload, {
    description:
      'Change a tool, which makes a version. A draft stays one; any other waits for somebody to agree anew, unless only labels were changed: displayName and category',
  })
  async updateTool(@Arg('input', () => UpdateToolInput) input: UpdateToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await updateTool(context, input, context.prepared) };
  }

  @Allow('tool:write', 10)
  @Mutation(() => SubmitToolPayload, {
    description: 'Ask somebody with tool:approve to agree that a tool is used exactly as it is: a draft, or one that was refused',
  })
  async submitTool(@Arg('input', () => SubmitToolInput) input: SubmitToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await submitTool(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => EnableToolPayload, { description: 'Let a tool be used again, once it is approved; asks nobody' })
  async enableTool(@Arg('input', () => EnableToolInput) input: EnableToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await enableTool(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => DisableToolPayload, { description: 'Let a tool not be used any more; what runs already goes on to its end' })
  async disableTool(@Arg('input', () => DisableToolInput) input: DisableToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await disableTool(context, input) };
  }

  @Allow('tool:write', 10)
  @Mutation(() => RollbackToolPayload, {
    description: 'Make a tool what it was at one of its versions, as a new version; what was agreed to otherwise is asked for again',
  })
  async rollbackTool(@Arg('input', () => RollbackToolInput) input: RollbackToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { tool: await rollbackTool(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => DeleteToolPayload, {
    description: 'Delete a tool with its versions, requests and uses, unless uses wait or run; decisions and the audit trail keep its name',
  })
  async deleteTool(@Arg('input', () => DeleteToolInput) input: DeleteToolInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { id: await deleteTool(context, input) };
  }

  @Allow('tool:read', 50)
  @Query(() => ToolVersionComparison, { description: 'What differs between two versions of a tool, as a person reads it' })
  async compareToolVersions(
    @Arg('tool', () => ID, { description: 'Id of the tool' }) tool: string,
    @Arg('from', () => Int, { description: 'Number of the one version' }) from: number,
    @Arg('to', () => Int, { description: 'Number of the other version' }) to: number,
    @Ctx() { system }: GraphContext,
  ): Promise<ToolVersionComparison> {
    const [before, after] = await findVersions(system.database.fork(), tool, [from, to]);
    return compareVersions(before!, after!);
  }
}
