import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '#core/graph/scalars.js';
import { Changed, Payload } from '#core/graph/payload.js';
import { Session } from './session.entity.js';
import { User } from '../users/user.entity.js';

/** What a session gives its client. */
@ObjectType({ description: 'Tokens of a session; they are shown this once' })
abstract class SessionTokens {
  @Field(() => String, { description: 'JWT to send as "Authorization: Bearer …"' })
  accessToken!: string;

  @Field(() => DateTime, { description: 'Until when the access token is valid' })
  accessTokenExpiresAt!: Date;

  @Field(() => String, { description: 'Opaque token for refreshSession; can be used once' })
  refreshToken!: string;

  @Changed(() => Session, 'The session')
  session!: Session;

  @Changed(() => User, 'Who is signed in')
  user!: User;
}

/** A session has begun. */
@Payload('A session has begun; its tokens are shown this once')
export class SignInPayload extends SessionTokens {}

/** A session goes on with new tokens. */
@Payload('A session goes on with new tokens; they are shown this once')
export class RefreshSessionPayload extends SessionTokens {}

/** A password was changed. */
@Payload('A password was changed; the tokens of the new session are shown this once')
export class ChangePasswordPayload extends SessionTokens {}

/** The caller's own session has ended. */
@Payload("The caller's own session has ended")
export class SignOutPayload {
  @Field(() => Boolean, { description: 'Always true: the session has ended' })
  isSignedOut!: boolean;
}

/** A session has ended. */
@Payload('A session has ended')
export class RevokeSessionPayload {
  @Changed(() => Session, 'The session')
  session!: Session;
}

/** How many sessions were ended. */
@Payload('All sessions of a user have ended')
export class EndAllSessionsPayload {
  @Field(() => Int, { description: 'How many sessions were ended' })
  endedCount!: number;
}
