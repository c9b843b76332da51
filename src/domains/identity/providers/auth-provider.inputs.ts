import { MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { Json } from '#core/graph/scalars.js';
import { AuthProviderKind } from './auth-provider-kind.js';

const kind = enumType(AuthProviderKind);
const config = 'How it is reached and what it makes of people, as its kind has it; never a secret';
const secret = 'Client secret of OIDC, or password of bindDn; stored sealed and never shown';

/** A provider to be made. */
@InputType({ description: 'A provider to be made' })
export class CreateAuthProviderInput {
  @Field(() => String, { description: 'Short name in addresses: 1 to 50 small letters, digits and hyphens' })
  slug!: string;

  @Field(() => String, { description: 'Name on the sign-in page' })
  name!: string;

  @Field(() => kind, { description: 'How it finds out who somebody is; not LOCAL, of which there is one' })
  kind!: AuthProviderKind;

  @Field(() => Json, { description: config })
  config!: unknown;

  @Field(() => String, { nullable: true, description: secret })
  secret?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether people can sign in by it at once' })
  isEnabled!: boolean;
}

/** What to change of a provider. */
@InputType({ description: 'What to change of a provider; what is left out or null stays as it is' })
export class UpdateAuthProviderInput {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name on the sign-in page' })
  name?: string | null;

  @Field(() => Json, { nullable: true, description: `${config}; replaces the whole one` })
  config?: unknown;

  @Field(() => String, { nullable: true, description: `${secret}. An empty one takes it away` })
  secret?: string | null;
}

/** Which provider to enable. */
@InputType({ description: 'Which provider to enable' })
export class EnableAuthProviderInput {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;
}

/** Which provider to disable. */
@InputType({ description: 'Which provider to disable' })
export class DisableAuthProviderInput {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;
}

/** Which provider to delete. */
@InputType({ description: 'Which provider to delete' })
export class DeleteAuthProviderInput {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;
}

/** Which provider to try. */
@InputType({ description: 'Which provider to try' })
export class TestAuthProviderInput {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;
}

/** By which provider a browser signs in. */
@InputType({ description: 'By which provider a browser signs in' })
export class StartSsoInput {
  @Field(() => String, { description: 'Slug of an enabled provider of the kind OIDC' })
  @MaxLength(200)
  provider!: string;

  @Field(() => String, { defaultValue: '/', description: 'Path of this server that the browser goes to when it is signed in' })
  returnTo!: string;
}

/** By which provider the caller is to sign in as well. */
@InputType({ description: 'By which provider the caller is to sign in as well' })
export class StartSsoLinkInput {
  @Field(() => String, { description: 'Slug of an enabled provider of the kind OIDC' })
  @MaxLength(200)
  provider!: string;

  @Field(() => String, { defaultValue: '/', description: 'Path of this server that the browser goes to when it is done' })
  returnTo!: string;
}

/** Who a user is at a provider, and is to be no longer. */
@InputType({ description: 'By which identity a user is to sign in no more' })
export class UnlinkSsoIdentityInput {
  @Field(() => ID, { description: 'Id of the identity' })
  id!: string;
}
