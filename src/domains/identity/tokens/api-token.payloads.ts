import { Field } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { ApiToken } from './api-token.entity.js';

/** An API token was made. */
@Payload('An API token was made; its text is shown this once')
export class CreateApiTokenPayload {
  @Field(() => String, { description: 'The token, to send as "Authorization: Bearer …"; nothing shows it again' })
  token!: string;

  @Changed(() => ApiToken, 'What is kept of the token')
  apiToken!: ApiToken;
}

/** An API token was revoked. */
@Payload('An API token was revoked')
export class RevokeApiTokenPayload {
  @Changed(() => ApiToken, 'The token')
  apiToken!: ApiToken;
}
