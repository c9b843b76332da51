import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';

/** Credentials. */
@InputType({ description: 'Credentials of a user' })
export class SignInInput {
  @Field(() => String, { description: 'Sign-in name' })
  @MaxLength(200)
  username!: string;

  @Field(() => String, { description: 'Password' })
  @MaxLength(1000)
  password!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Code of an app, or a recovery code, of a user with a second factor; without it, the error has the reason TOTP_REQUIRED',
  })
  @MaxLength(40)
  totpCode?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Slug of the provider that verifies them: the one of the kind LOCAL, which it is when left out, or one of the kind LDAP or AD',
  })
  @MaxLength(200)
  provider?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether to set an http-only cookie too, for use in a browser' })
  withCookie!: boolean;

  @Field(() => String, { nullable: true, description: 'What the client says of itself; shown in the list of sessions' })
  @MaxLength(200)
  clientInfo?: string | null;
}

/** A refresh token. */
@InputType({ description: 'A refresh token' })
export class RefreshSessionInput {
  @Field(() => String, { description: 'The newest refresh token of the session; it can be used once' })
  @MaxLength(200)
  refreshToken!: string;
}

/** Which session to end. */
@InputType({ description: 'Which session to end' })
export class RevokeSessionInput {
  @Field(() => ID, { description: 'Id of the session' })
  id!: string;
}

/** Whose sessions to end. */
@InputType({ description: 'Whose sessions to end' })
export class EndAllSessionsInput {
  @Field(() => ID, { nullable: true, description: 'Id of the user; the caller when it is left out' })
  userId?: string | null;
}

/** A new password. */
@InputType({ description: 'A new password' })
export class ChangePasswordInput {
  @Field(() => String, {
    nullable: true,
    description: 'The present password; while there is none, a fresh proof stands in for it: a sign-in that is not too long ago',
  })
  currentPassword?: string | null;

  @Field(() => String, { description: 'The new password, 12 to 256 characters' })
  newPassword!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether to set an http-only cookie for the new session' })
  withCookie!: boolean;
}
