import { Field, ID, ObjectType } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { Changed, Payload } from '#core/graph/payload.js';
import { User } from '../users/user.entity.js';
import { AuthProviderKind } from './auth-provider-kind.js';
import { AuthProvider } from './auth-provider.entity.js';
import type { SignInMethod as Method } from './list-sign-in-methods.js';

const kind = enumType(AuthProviderKind);

/** A way to sign in, as everybody may know it. */
@ObjectType({ description: 'A way to sign in, as everybody may know it' })
export class SignInMethod implements Method {
  @Field(() => ID, { description: 'Id of the provider' })
  id!: string;

  @Field(() => String, { description: 'Short name of the provider, for signIn and startSso' })
  slug!: string;

  @Field(() => String, { description: 'Name of the provider for people' })
  name!: string;

  @Field(() => kind, {
    description: 'How it finds out who somebody is: OIDC sends the browser there, the others take a username and a password',
  })
  kind!: AuthProviderKind;
}

/** A provider was made. */
@Payload('A provider was made')
export class CreateAuthProviderPayload {
  @Changed(() => AuthProvider, 'The provider')
  authProvider!: AuthProvider;
}

/** A provider was changed. */
@Payload('A provider was changed')
export class UpdateAuthProviderPayload {
  @Changed(() => AuthProvider, 'The provider')
  authProvider!: AuthProvider;
}

/** People can sign in by a provider. */
@Payload('People can sign in by a provider')
export class EnableAuthProviderPayload {
  @Changed(() => AuthProvider, 'The provider')
  authProvider!: AuthProvider;
}

/** Nobody can sign in by a provider any more. */
@Payload('Nobody can sign in by a provider any more; sessions that have begun go on')
export class DisableAuthProviderPayload {
  @Changed(() => AuthProvider, 'The provider')
  authProvider!: AuthProvider;
}

/** A provider was deleted. */
@Payload('A provider was deleted; who signed in by it stays, with roles and sessions')
export class DeleteAuthProviderPayload {
  @Field(() => ID, { description: 'Id of the provider that is gone' })
  id!: string;
}

/** A provider was tried. */
@Payload('A provider was tried: it was asked what a sign-in asks first, as nobody')
export class TestAuthProviderPayload {
  @Field(() => Boolean, { description: 'Whether it answered as it should' })
  isWorking!: boolean;

  @Field(() => String, { description: 'What was found, or what is wrong' })
  message!: string;
}

/** A browser can sign in at a provider. */
@Payload('A browser can sign in at a provider, within ten minutes')
export class StartSsoPayload {
  @Field(() => String, { description: 'Where the browser goes' })
  authorizationUrl!: string;
}

/** A browser can show who its user is at a provider. */
@Payload('A browser can show a provider who its user is there, within ten minutes')
export class StartSsoLinkPayload {
  @Field(() => String, { description: 'Where the browser goes' })
  authorizationUrl!: string;
}

/** A user signs in by a provider no more. */
@Payload('A user signs in by a provider no more; roles that it gave are taken away')
export class UnlinkSsoIdentityPayload {
  @Changed(() => User, 'The user')
  user!: User;
}
