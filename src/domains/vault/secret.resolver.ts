import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { createSecret } from './create-secret.js';
import { deleteSecret } from './delete-secret.js';
import { revealSecret } from './reveal-secret.js';
import { rotateSecret } from './rotate-secret.js';
import { Secret } from './secret.entity.js';
import {
  CreateSecretInput,
  DeleteSecretInput,
  RevealSecretInput,
  RotateSecretInput,
  SetSecretValueInput,
  UpdateSecretInput,
} from './secret.inputs.js';
import {
  CreateSecretPayload,
  DeleteSecretPayload,
  RevealSecretPayload,
  RotateSecretPayload,
  SetSecretValuePayload,
  UpdateSecretPayload,
} from './secret.payloads.js';
import { setSecretValue } from './set-secret-value.js';
import { updateSecret } from './update-secret.js';

/** What can be done with secrets. */
@Resolver(() => Secret)
export class SecretResolver {
  @Allow('secret:create', 10)
  @Mutation(() => CreateSecretPayload, {
    description: "Create a secret of one's own or of a server; an API token creates placeholders only, without a value",
  })
  async createSecret(@Arg('input', () => CreateSecretInput) input: CreateSecretInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { secret: await createSecret(context, input) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => UpdateSecretPayload, { description: "Change what is known of one's own secret, or with secret:manage of any" })
  async updateSecret(@Arg('input', () => UpdateSecretInput) input: UpdateSecretInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { secret: await updateSecret(context, input) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => SetSecretValuePayload, { description: "Give one's own secret, or with secret:manage any, its value" })
  async setSecretValue(
    @Arg('input', () => SetSecretValueInput) input: SetSecretValueInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { secret: await setSecretValue(context, input) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => RotateSecretPayload, {
    description: "Put a new value in the place of the one that one's own secret has, or with secret:manage any",
  })
  async rotateSecret(@Arg('input', () => RotateSecretInput) input: RotateSecretInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { secret: await rotateSecret(context, input) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => RevealSecretPayload, {
    description:
      "Read the value of one's own secret, or with secret:reveal of any; takes a recent proof of identity, and each try is a SecretAccess",
  })
  async revealSecret(@Arg('input', () => RevealSecretInput) { id }: RevealSecretInput, @Ctx() context: MutationContext): Promise<unknown> {
    return revealSecret(context, id);
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => DeleteSecretPayload, {
    description: "Delete one's own secret, or with secret:manage any, with all its versions; its accesses stay",
  })
  async deleteSecret(@Arg('input', () => DeleteSecretInput) { id }: DeleteSecretInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { id: await deleteSecret(context, id) };
  }
}
