import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { confirmTotp } from './confirm-totp.js';
import { disableTotp } from './disable-totp.js';
import {
  ConfirmTotpInput,
  DisableTotpInput,
  ReauthenticateSessionInput,
  RegenerateRecoveryCodesInput,
  ResetUserTotpInput,
} from './factor.inputs.js';
import {
  ConfirmTotpPayload,
  DisableTotpPayload,
  ReauthenticateSessionPayload,
  RegenerateRecoveryCodesPayload,
  ResetUserTotpPayload,
  StartTotpPayload,
} from './factor.payloads.js';
import { reauthenticateSession } from '../sessions/reauthenticate-session.js';
import { regenerateRecoveryCodes } from './regenerate-recovery-codes.js';
import { resetUserTotp } from './reset-user-totp.js';
import { startTotp } from './start-totp.js';
import { User } from '../users/user.entity.js';

/** What shows who somebody is beside a password. */
@Resolver(() => User)
export class FactorResolver {
  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => StartTotpPayload, {
    description: 'Make a secret for an app that shows codes; an earlier one that was not confirmed is replaced',
  })
  startTotp(@Ctx() context: MutationContext): Promise<unknown> {
    return startTotp(context);
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => ConfirmTotpPayload, { description: 'Let the second factor count, with a first code of the app' })
  confirmTotp(@Arg('input', () => ConfirmTotpInput) { code }: ConfirmTotpInput, @Ctx() context: MutationContext): Promise<unknown> {
    return confirmTotp(context, code);
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => DisableTotpPayload, { description: 'End the second factor of the caller, with a last code' })
  async disableTotp(@Arg('input', () => DisableTotpInput) { code }: DisableTotpInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { user: await disableTotp(context, code) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => RegenerateRecoveryCodesPayload, {
    description: 'Give the caller ten new recovery codes, in place of all earlier ones, with a code of the second factor',
  })
  regenerateRecoveryCodes(
    @Arg('input', () => RegenerateRecoveryCodesInput) { code }: RegenerateRecoveryCodesInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return regenerateRecoveryCodes(context, code);
  }

  @Allow('user:update', 10, 'inPerson')
  @Mutation(() => ResetUserTotpPayload, {
    description: 'End the second factor of another user who has lost it; takes every permission of that user',
  })
  async resetUserTotp(
    @Arg('input', () => ResetUserTotpInput) { id }: ResetUserTotpInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { user: await resetUserTotp(context, id) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => ReauthenticateSessionPayload, {
    description: 'Show once more who the caller is; sensitive operations ask for it when the last time is too long ago',
  })
  async reauthenticateSession(
    @Arg('input', () => ReauthenticateSessionInput) input: ReauthenticateSessionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { session: await reauthenticateSession(context, input) };
  }
}
