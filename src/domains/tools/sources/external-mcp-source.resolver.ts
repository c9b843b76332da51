import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import { Beforehand } from '#core/graph/beforehand.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { createExternalMcpSource } from './create-external-mcp-source.js';
import { deleteExternalMcpSource } from './delete-external-mcp-source.js';
import { discoverExternalTools } from './discover-external-tools.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';
import {
  BeginExternalMcpAuthorizationInput,
  CreateExternalMcpSourceInput,
  DeleteExternalMcpSourceInput,
  DiscoverExternalToolsInput,
  ImportExternalToolsInput,
  UpdateExternalMcpSourceInput,
} from './external-mcp-source.inputs.js';
import {
  BeginExternalMcpAuthorizationPayload,
  CreateExternalMcpSourcePayload,
  DeleteExternalMcpSourcePayload,
  DiscoverExternalToolsPayload,
  ImportExternalToolsPayload,
  UpdateExternalMcpSourcePayload,
} from './external-mcp-source.payloads.js';
import { importExternalTools } from './import-external-tools.js';
import { beginExternalMcpAuthorization } from './oauth/begin-external-mcp-authorization.js';
import { prepareAuthorization, type PreparedAuthorization } from './oauth/prepare-authorization.js';
import { updateExternalMcpSource } from './update-external-mcp-source.js';

/** MCP servers elsewhere, and their tools. */
@Resolver(() => ExternalMcpSource)
export class ExternalMcpSourceResolver {
  @Allow('tool:manage', 10)
  @Mutation(() => CreateExternalMcpSourcePayload, { description: 'Connect an MCP server to one elsewhere, whose tools can be imported' })
  async createExternalMcpSource(
    @Arg('input', () => CreateExternalMcpSourceInput) input: CreateExternalMcpSourceInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { externalMcpSource: await createExternalMcpSource(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => UpdateExternalMcpSourcePayload, {
    description: 'Change a connection to an MCP server elsewhere, switch it off or on again',
  })
  async updateExternalMcpSource(
    @Arg('input', () => UpdateExternalMcpSourceInput) input: UpdateExternalMcpSourceInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { externalMcpSource: await updateExternalMcpSource(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => DeleteExternalMcpSourcePayload, {
    description: 'Delete a connection to an MCP server elsewhere; the tools that were imported from it stay, and cannot be run any more',
  })
  async deleteExternalMcpSource(
    @Arg('input', () => DeleteExternalMcpSourceInput) { id }: DeleteExternalMcpSourceInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { id: await deleteExternalMcpSource(context, { id }) };
  }

  @Allow('tool:write', 10)
  @Mutation(() => DiscoverExternalToolsPayload, {
    description: 'Start a job that asks an MCP server elsewhere for its tools, and finds what has changed of those that were imported',
  })
  async discoverExternalTools(
    @Arg('input', () => DiscoverExternalToolsInput) input: DiscoverExternalToolsInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { job: await discoverExternalTools(context, input) };
  }

  @Allow('tool:write', 20)
  @Mutation(() => ImportExternalToolsPayload, {
    description: 'Make drafts of tools that an MCP server elsewhere was found to offer: all that are named, or none',
  })
  async importExternalTools(
    @Arg('input', () => ImportExternalToolsInput) input: ImportExternalToolsInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    const tools = await importExternalTools(context, input);
    return { externalMcpSource: { id: input.source }, toolIds: tools.map(({ id }) => id) };
  }

  @Allow('tool:manage', 50, 'inPerson')
  @Beforehand(({ system }, { input }: { input: BeginExternalMcpAuthorizationInput }) => prepareAuthorization(system, input.source))
  @Mutation(() => BeginExternalMcpAuthorizationPayload, {
    description:
      'Begin to grant Signalbox access to an MCP server elsewhere, by OAuth; the answer sets a cookie, without which the browser cannot come back',
  })
  async beginExternalMcpAuthorization(
    @Arg('input', () => BeginExternalMcpAuthorizationInput) { source: id, returnTo }: BeginExternalMcpAuthorizationInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    const browser = context.cookies.bindBrowser();
    const prepared = context.prepared as PreparedAuthorization;
    return { authorizationUrl: await beginExternalMcpAuthorization(context, prepared, { id, returnTo, browser }) };
  }
}
