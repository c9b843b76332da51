import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';

const refusals = ['invalid_client', 'unauthorized_client'];

/** An error of the token endpoint as administrators are to read it: one that refuses the client, not the person, says what to check. */
export function clientRefusal(error: unknown): unknown {
  const isRefusal =
    error instanceof ResponseBodyError
      ? refusals.includes(error.error)
      : error instanceof WWWAuthenticateChallengeError && error.status === 401;
  if (!isRefusal) return error;
  return new Error('the provider refuses the client: check clientId, secret and clientAuthentication', { cause: error });
}
