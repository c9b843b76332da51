import { ArrayMaxSize } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Json } from '#core/graph/scalars.js';

const email = 'Email address, which no other user has';
const discordId = 'Id at Discord, which no other user has';
const defaultView = 'View that a UI opens for the user';
const singleViewMode = 'Whether a UI shows the user that view only';
const metadata = 'Whatever else is to be known of the user, an object; never put a secret there';
const orClear = (description: string): string => `${description}; null clears it`;

/** Who the new user is. */
@InputType({ description: 'Who the new user is. Without a password, the payload has a link that signs the user in once' })
export class CreateUserInput {
  @Field(() => String, { description: 'Sign-in name, which no other user has: 1 to 100 characters, no blanks around them' })
  username!: string;

  @Field(() => String, { nullable: true, description: 'Password, 12 to 256 characters; a link is made when it is left out' })
  password?: string | null;

  @Field(() => String, { nullable: true, description: email })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Full name' })
  fullName?: string | null;

  @Field(() => String, { nullable: true, description: discordId })
  discordId?: string | null;

  @Field(() => String, { nullable: true, description: defaultView })
  defaultView?: string | null;

  @Field(() => Boolean, { nullable: true, description: singleViewMode })
  singleViewMode?: boolean | null;

  @Field(() => Json, { nullable: true, description: metadata })
  metadata?: object | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the email address is known to be right' })
  isVerified?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the user passes every permission check; only superusers may say so' })
  isSuperuser?: boolean | null;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Slugs of the roles that the user gets; takes role:assign, and every permission of the roles',
  })
  @ArrayMaxSize(100)
  roles!: string[];
}

/** What to change of oneself. */
@InputType({ description: 'What to change of oneself; what is left out stays as it is' })
export class UpdateProfileInput {
  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: `${orClear(email)}. A new one counts as not confirmed` })
  email?: string | null;

  @Field(() => String, { nullable: true, description: orClear('Full name') })
  fullName?: string | null;

  @Field(() => String, { nullable: true, description: orClear(discordId) })
  discordId?: string | null;

  @Field(() => String, { nullable: true, description: orClear(defaultView) })
  defaultView?: string | null;

  @Field(() => Boolean, { nullable: true, description: singleViewMode })
  singleViewMode?: boolean | null;
}

/** What to change of a user. */
@InputType({ description: 'What to change of a user; what is left out stays as it is' })
export class UpdateUserInput extends UpdateProfileInput {
  @Field(() => ID, { description: 'Id of the user' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Sign-in name, which no other user has' })
  username?: string | null;

  @Field(() => Json, { nullable: true, description: metadata })
  metadata?: object | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the email address is known to be right' })
  isVerified?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the user passes every permission check; only superusers may change it' })
  isSuperuser?: boolean | null;
}

/** Whom to deactivate. */
@InputType({ description: 'Whom to deactivate' })
export class DeactivateUserInput {
  @Field(() => ID, { description: 'Id of the user' })
  id!: string;
}

/** Whom to activate. */
@InputType({ description: 'Whom to activate' })
export class ActivateUserInput {
  @Field(() => ID, { description: 'Id of the user' })
  id!: string;
}

/** Whose password to set. */
@InputType({ description: 'Whose password to set' })
export class ResetUserPasswordInput {
  @Field(() => ID, { description: 'Id of the user, who is not the caller' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The new password, 12 to 256 characters; when it is left out the user has none, and a link that signs in once is made',
  })
  newPassword?: string | null;
}

/** Whom to delete. */
@InputType({ description: 'Whom to delete' })
export class DeleteUserInput {
  @Field(() => ID, { description: 'Id of the user' })
  id!: string;

  @Field(() => String, { description: 'Sign-in name of the user, so that nobody deletes the wrong one' })
  username!: string;
}
