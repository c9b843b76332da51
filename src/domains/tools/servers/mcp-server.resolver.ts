import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { createMcpServer } from './create-mcp-server.js';
import { deleteMcpServer } from './delete-mcp-server.js';
import { McpServer } from './mcp-server.entity.js';
import {
  CreateMcpServerInput,
  DeleteMcpServerInput,
  StartMcpServerInput,
  StopMcpServerInput,
  UpdateMcpServerInput,
} from './mcp-server.inputs.js';
import {
  CreateMcpServerPayload,
  DeleteMcpServerPayload,
  StartMcpServerPayload,
  StopMcpServerPayload,
  UpdateMcpServerPayload,
} from './mcp-server.payloads.js';
import { startMcpServer } from './start-mcp-server.js';
import { stopMcpServer } from './stop-mcp-server.js';
import { updateMcpServer } from './update-mcp-server.js';

/** What can be done with MCP servers. */
@Resolver(() => McpServer)
export class McpServerResolver {
  @Allow('tool:manage', 10)
  @Mutation(() => CreateMcpServerPayload, {
    description: 'Create an MCP server: a group of tools with secrets, sources and permitted hosts',
  })
  async createMcpServer(
    @Arg('input', () => CreateMcpServerInput) input: CreateMcpServerInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { mcpServer: await createMcpServer(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => UpdateMcpServerPayload, { description: 'Change what is written of an MCP server' })
  async updateMcpServer(
    @Arg('input', () => UpdateMcpServerInput) input: UpdateMcpServerInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { mcpServer: await updateMcpServer(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => StartMcpServerPayload, {
    description: 'Serve the approved and enabled tools of an MCP server at /mcp/<slug>; it has to have one',
  })
  async startMcpServer(
    @Arg('input', () => StartMcpServerInput) input: StartMcpServerInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { mcpServer: await startMcpServer(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => StopMcpServerPayload, {
    description: 'Serve the tools of an MCP server no more, and let nobody run them; what runs already goes on to its end',
  })
  async stopMcpServer(
    @Arg('input', () => StopMcpServerInput) input: StopMcpServerInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { mcpServer: await stopMcpServer(context, input) };
  }

  @Allow('tool:manage', 20)
  @Mutation(() => DeleteMcpServerPayload, {
    description:
      'Delete an MCP server with its tools, sources, requests and uses, unless uses wait or run; decisions, secret accesses and the audit trail keep the names',
  })
  async deleteMcpServer(
    @Arg('input', () => DeleteMcpServerInput) input: DeleteMcpServerInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { id: await deleteMcpServer(context, input) };
  }
}
