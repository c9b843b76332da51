import { Field } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { Session } from '../sessions/session.entity.js';
import { User } from '../users/user.entity.js';

/** A secret for an app. */
@Payload('A secret for an app, shown this once; it counts once a code of it was shown with confirmTotp')
export class StartTotpPayload {
  @Field(() => String, { description: 'The secret in base32, for typing it in' })
  secret!: string;

  @Field(() => String, { description: 'What apps read from a QR code: otpauth://…' })
  uri!: string;
}

const codes = 'Ten codes, each of which stands in for the app once; shown this once, to be kept in a safe place';

/** The second factor counts. */
@Payload('The second factor counts from now on')
export class ConfirmTotpPayload {
  @Changed(() => User, 'The caller')
  user!: User;

  @Field(() => [String], { description: codes })
  recoveryCodes!: string[];
}

/** The caller has new recovery codes. */
@Payload('The caller has new recovery codes; earlier ones are no good any more')
export class RegenerateRecoveryCodesPayload {
  @Changed(() => User, 'The caller')
  user!: User;

  @Field(() => [String], { description: codes })
  recoveryCodes!: string[];
}

/** The caller has no second factor any more. */
@Payload('The caller has no second factor any more')
export class DisableTotpPayload {
  @Changed(() => User, 'The caller')
  user!: User;
}

/** A user has no second factor any more. */
@Payload('A user has no second factor any more')
export class ResetUserTotpPayload {
  @Changed(() => User, 'The user')
  user!: User;
}

/** The caller has shown who they are. */
@Payload('The caller has shown who they are; sensitive operations are open for a while')
export class ReauthenticateSessionPayload {
  @Changed(() => Session, 'The session')
  session!: Session;
}
