import { MaxLength, MinLength } from 'class-validator';
import { Field, InputType } from 'type-graphql';

const password = 'Password, 12 to 256 characters';
const token = 'Token of the link';

/** Who registers. */
@InputType({ description: 'Who registers' })
export class RegisterUserInput {
  @Field(() => String, { description: 'Sign-in name: 1 to 100 characters, no blanks around them' })
  username!: string;

  @Field(() => String, { description: 'Email address; kept in small letters' })
  @MinLength(3)
  email!: string;

  @Field(() => String, { description: password })
  @MaxLength(1000)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Full name' })
  fullName?: string | null;
}

/** The link that confirms an address. */
@InputType({ description: 'The link that confirms an address' })
export class VerifyUserInput {
  @Field(() => String, { description: token })
  @MaxLength(200)
  token!: string;
}

/** Whose password to set anew. */
@InputType({ description: 'Whose password to set anew' })
export class RequestPasswordResetInput {
  @Field(() => String, { description: 'Sign-in name or email address' })
  @MinLength(1)
  @MaxLength(254)
  account!: string;
}

/** The link that sets a password, and the password. */
@InputType({ description: 'The link that sets a password, and the password' })
export class ResetPasswordInput {
  @Field(() => String, { description: token })
  @MaxLength(200)
  token!: string;

  @Field(() => String, { description: `New ${password[0]!.toLowerCase()}${password.slice(1)}` })
  @MaxLength(1000)
  newPassword!: string;
}

/** The link of an invitation, and who accepts it. */
@InputType({ description: 'The link of an invitation, and who accepts it' })
export class AcceptInvitationInput {
  @Field(() => String, { description: token })
  @MaxLength(200)
  token!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Sign-in name, which no other user has; the handle of the invitation when it is left out',
  })
  username?: string | null;

  @Field(() => String, { description: password })
  @MaxLength(1000)
  password!: string;

  @Field(() => String, { nullable: true, description: 'Full name' })
  fullName?: string | null;
}
