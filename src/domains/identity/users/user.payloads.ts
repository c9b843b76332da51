import { Field, ID, ObjectType } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { DateTime } from '#core/graph/scalars.js';
import { User } from './user.entity.js';

/** A user, and perhaps a way to sign in. */
@ObjectType({ description: 'A user, and perhaps a way to sign in' })
abstract class UserWithLink {
  @Changed(() => User, 'The user')
  user!: User;

  @Field(() => String, {
    nullable: true,
    description: 'Path of a link, at the address of the server, that signs the user in once; shown this once, null with a password',
  })
  signInPath!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when the link is good; null when there is none' })
  signInPathExpiresAt!: Date | null;
}

/** A user was created. */
@Payload('A user was created')
export class CreateUserPayload extends UserWithLink {}

/** A user has a new password or a new link. */
@Payload('A user has a new password, or none and a link; all earlier tokens, sessions and links have ended')
export class ResetUserPasswordPayload extends UserWithLink {}

/** A user was changed. */
@Payload('A user was changed')
export class UpdateUserPayload {
  @Changed(() => User, 'The user')
  user!: User;
}

/** The caller's profile was changed. */
@Payload("The caller's profile was changed")
export class UpdateProfilePayload {
  @Changed(() => User, 'The caller')
  user!: User;
}

/** A user was deactivated. */
@Payload('A user may not sign in any more; all tokens, sessions and links have ended')
export class DeactivateUserPayload {
  @Changed(() => User, 'The user')
  user!: User;
}

/** A user was activated. */
@Payload('A user may sign in again')
export class ActivateUserPayload {
  @Changed(() => User, 'The user')
  user!: User;
}

/** A user was deleted. */
@Payload('A user was deleted; what others need stays, with the name')
export class DeleteUserPayload {
  @Field(() => ID, { description: 'Id of the user who is gone' })
  id!: string;
}
