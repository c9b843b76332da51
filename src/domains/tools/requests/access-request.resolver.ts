import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { RequestModuleInput, RequestNetworkAccessInput, RevokeModuleInput, RevokeNetworkAccessInput } from './access-request.inputs.js';
import {
  RequestModulePayload,
  RequestNetworkAccessPayload,
  RevokeModulePayload,
  RevokeNetworkAccessPayload,
} from './access-request.payloads.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';
import { requestModule } from './request-module.js';
import { requestNetworkAccess } from './request-network-access.js';
import { revokeModule } from './revoke-module.js';
import { revokeNetworkAccess } from './revoke-network-access.js';

/** How hosts and Python modules are asked for and taken back. */
@Resolver(() => NetworkAccessRequest)
export class AccessRequestResolver {
  @Allow('tool:write', 10)
  @Mutation(() => RequestNetworkAccessPayload, {
    description: 'Ask somebody with network:approve that the tools of a server may reach a host',
  })
  async requestNetworkAccess(
    @Arg('input', () => RequestNetworkAccessInput) input: RequestNetworkAccessInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { networkAccessRequest: await requestNetworkAccess(context, input) };
  }

  @Allow('tool:write', 10)
  @Mutation(() => RequestModulePayload, { description: 'Ask somebody with module:approve that code of tools may import a Python module' })
  async requestModule(
    @Arg('input', () => RequestModuleInput) input: RequestModuleInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { moduleRequest: await requestModule(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => RevokeNetworkAccessPayload, { description: 'Take back that the tools of a server may reach a host; the decision stays' })
  async revokeNetworkAccess(
    @Arg('input', () => RevokeNetworkAccessInput) input: RevokeNetworkAccessInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { networkAccessRequest: await revokeNetworkAccess(context, input) };
  }

  @Allow('tool:manage', 10)
  @Mutation(() => RevokeModulePayload, { description: 'Take back that code of tools may import a Python module; the decision stays' })
  async revokeModule(@Arg('input', () => RevokeModuleInput) input: RevokeModuleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { moduleRequest: await revokeModule(context, input) };
  }
}
