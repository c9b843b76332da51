import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { activateUser } from './activate-user.js';
import { createUser } from './create-user.js';
import { deactivateUser } from './deactivate-user.js';
import { deleteUser } from './delete-user.js';
import type { MadeLink } from '../sessions/make-sign-in-link.js';
import { resetUserPassword } from '../passwords/reset-user-password.js';
import { updateProfile } from './update-profile.js';
import { updateUser } from './update-user.js';
import { User } from './user.entity.js';
import {
  ActivateUserInput,
  CreateUserInput,
  DeactivateUserInput,
  DeleteUserInput,
  ResetUserPasswordInput,
  UpdateProfileInput,
  UpdateUserInput,
} from './user.inputs.js';
import {
  ActivateUserPayload,
  CreateUserPayload,
  DeactivateUserPayload,
  DeleteUserPayload,
  ResetUserPasswordPayload,
  UpdateProfilePayload,
  UpdateUserPayload,
} from './user.payloads.js';

const withLink = ({ user, link }: { user: User; link: MadeLink | null }): object => ({
  user,
  signInPath: link?.path ?? null,
  signInPathExpiresAt: link?.expiresAt ?? null,
});

/** What can be done with users. */
@Resolver(() => User)
export class UserResolver {
  @Allow('user:create', 10)
  @Mutation(() => CreateUserPayload, { description: 'Create a user, with a password or with a link that signs in once' })
  async createUser(@Arg('input', () => CreateUserInput) input: CreateUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    return withLink(await createUser(context, input));
  }

  @Allow('user:update', 10)
  @Mutation(() => UpdateUserPayload, { description: 'Change a user; a superuser is changed by superusers only' })
  async updateUser(@Arg('input', () => UpdateUserInput) input: UpdateUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { user: await updateUser(context, input) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => UpdateProfilePayload, { description: 'Change what everybody may write of themselves' })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { user: await updateProfile(context, input) };
  }

  @Allow('user:update', 10)
  @Mutation(() => DeactivateUserPayload, {
    description: "Take a user's access away at once: sessions, tokens, links and open sockets end. The last administrator stays",
  })
  async deactivateUser(
    @Arg('input', () => DeactivateUserInput) { id }: DeactivateUserInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { user: await deactivateUser(context, id) };
  }

  @Allow('user:update', 10)
  @Mutation(() => ActivateUserPayload, { description: 'Let a deactivated user sign in again; no session of before comes back' })
  async activateUser(@Arg('input', () => ActivateUserInput) { id }: ActivateUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { user: await activateUser(context, id) };
  }

  @Allow('user:update', 10, 'inPerson')
  @Mutation(() => ResetUserPasswordPayload, {
    description:
      'Give another user a new password, or a link that signs in once; every earlier token, session and link ends. Takes every permission of that user',
  })
  async resetUserPassword(
    @Arg('input', () => ResetUserPasswordInput) input: ResetUserPasswordInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return withLink(await resetUserPassword(context, input));
  }

  @Allow('user:delete', 10, 'inPerson')
  @Mutation(() => DeleteUserPayload, {
    description: 'Delete a user with sessions and roles; jobs, files and records stay, with the name. The last administrator stays',
  })
  async deleteUser(@Arg('input', () => DeleteUserInput) input: DeleteUserInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { id: await deleteUser(context, input) };
  }
}
