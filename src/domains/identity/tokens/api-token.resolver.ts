import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { ApiToken } from './api-token.entity.js';
import { CreateApiTokenInput, RevokeApiTokenInput } from './api-token.inputs.js';
import { CreateApiTokenPayload, RevokeApiTokenPayload } from './api-token.payloads.js';
import { createApiToken } from './create-api-token.js';
import { revokeApiToken } from './revoke-api-token.js';

/** What can be done with API tokens. */
@Resolver(() => ApiToken)
export class ApiTokenResolver {
  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => CreateApiTokenPayload, {
    description: 'Make a token with which a program uses the API on behalf of the caller; its text is shown this once',
  })
  createApiToken(@Arg('input', () => CreateApiTokenInput) input: CreateApiTokenInput, @Ctx() context: MutationContext): Promise<unknown> {
    return createApiToken(context, input);
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => RevokeApiTokenPayload, {
    description: "End a token at once, with whatever it has open: one of the caller's own, or with token:manage anybody's",
  })
  async revokeApiToken(
    @Arg('input', () => RevokeApiTokenInput) { id }: RevokeApiTokenInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { apiToken: await revokeApiToken(context, id) };
  }
}
