import { Field } from 'type-graphql';
import { Payload } from '#core/graph/payload.js';

/** A registration was taken. */
@Payload('A registration was taken; what becomes of it is told by mail')
export class RegisterUserPayload {
  @Field(() => Boolean, { description: 'Always true, also when the name or the address is taken' })
  isAccepted!: boolean;
}

/** An address was confirmed. */
@Payload('An address was confirmed')
export class VerifyUserPayload {
  @Field(() => String, { description: 'Sign-in name of the user' })
  username!: string;
}

/** A link was asked for. */
@Payload('A link was asked for')
export class RequestPasswordResetPayload {
  @Field(() => Boolean, { description: 'Always true, also when there is no such user' })
  isAccepted!: boolean;
}

/** A password was set. */
@Payload('A password was set; all earlier tokens, sessions and links have ended')
export class ResetPasswordPayload {
  @Field(() => String, { description: 'Sign-in name of the user' })
  username!: string;
}

/** An invitation was accepted. */
@Payload('An invitation was accepted: there is an account now, which can sign in')
export class AcceptInvitationPayload {
  @Field(() => String, { description: 'Sign-in name of the user' })
  username!: string;
}
