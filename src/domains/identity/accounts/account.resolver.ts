import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { acceptInvitation } from '../administrators/accept-invitation.js';
import {
  AcceptInvitationInput,
  RegisterUserInput,
  RequestPasswordResetInput,
  ResetPasswordInput,
  VerifyUserInput,
} from './account.inputs.js';
import {
  AcceptInvitationPayload,
  RegisterUserPayload,
  RequestPasswordResetPayload,
  ResetPasswordPayload,
  VerifyUserPayload,
} from './account.payloads.js';
import { registerUser } from './register-user.js';
import { requestPasswordReset } from './request-password-reset.js';
import { resetPassword } from './reset-password.js';
import { User } from '../users/user.entity.js';
import { verifyUser } from './verify-user.js';

/** What people do for themselves who are not signed in. */
@Resolver(() => User)
export class AccountResolver {
  @Allow('anyone', 10)
  @Mutation(() => RegisterUserPayload, { description: 'Register, where the feature flag accounts.selfRegistration is on' })
  async registerUser(@Arg('input', () => RegisterUserInput) input: RegisterUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    await registerUser(context, input);
    return { isAccepted: true };
  }

  @Allow('anyone', 10)
  @Mutation(() => VerifyUserPayload, { description: 'Confirm an address by the link that was sent there' })
  async verifyUser(@Arg('input', () => VerifyUserInput) { token }: VerifyUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    const { username } = await verifyUser(context, token);
    return { username };
  }

  @Allow('anyone', 10)
  @Mutation(() => RequestPasswordResetPayload, {
    description: 'Have a link sent that sets a new password within an hour; whether there is such a user, the answer does not say',
  })
  async requestPasswordReset(
    @Arg('input', () => RequestPasswordResetInput) { account }: RequestPasswordResetInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    await requestPasswordReset(context, account);
    return { isAccepted: true };
  }

  @Allow('anyone', 10)
  @Mutation(() => ResetPasswordPayload, {
    description: 'Set a new password by the link that was sent; every earlier session and token ends',
  })
  async resetPassword(
    @Arg('input', () => ResetPasswordInput) input: ResetPasswordInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    const { username } = await resetPassword(context, input);
    return { username };
  }

  @Allow('anyone', 10)
  @Mutation(() => AcceptInvitationPayload, { description: 'Accept an invitation, which makes the account and its admin role' })
  async acceptInvitation(
    @Arg('input', () => AcceptInvitationInput) input: AcceptInvitationInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    const { username } = await acceptInvitation(context, input);
    return { username };
  }
}
