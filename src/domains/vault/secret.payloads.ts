import { Field, ID } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { Secret } from './secret.entity.js';

/** A secret was created. */
@Payload('A secret was created')
export class CreateSecretPayload {
  @Changed(() => Secret, 'The secret')
  secret!: Secret;
}

/** A secret was changed. */
@Payload('A secret was changed')
export class UpdateSecretPayload {
  @Changed(() => Secret, 'The secret')
  secret!: Secret;
}

/** A secret has got a value. */
@Payload('A secret has got a value')
export class SetSecretValuePayload {
  @Changed(() => Secret, 'The secret')
  secret!: Secret;
}

/** A secret has got another value. */
@Payload('A secret has got another value; the one before stays among its versions, sealed')
export class RotateSecretPayload {
  @Changed(() => Secret, 'The secret')
  secret!: Secret;
}

/** The value of a secret. */
@Payload('The value of a secret, told this once')
export class RevealSecretPayload {
  @Changed(() => Secret, 'The secret')
  secret!: Secret;

  @Field(() => String, { description: 'The value' })
  value!: string;
}

/** A secret was deleted. */
@Payload('A secret was deleted with all its versions; its accesses stay')
export class DeleteSecretPayload {
  @Field(() => ID, { description: 'Id of the secret that is gone' })
  id!: string;
}
