import { genericGrantRequest, randomPKCECodeVerifier, ResponseBodyError, type Configuration } from 'openid-client';
import { clientRefusal } from './client-refusal.js';
import { withinTime } from './within-time.js';

/** Offers a provider a code that it never gave, and fails when that refuses the client rather than the code. */
export async function tryClient(client: Configuration, redirectUri: string): Promise<void> {
  const offer = { code: 'signalbox-test', redirect_uri: redirectUri, code_verifier: randomPKCECodeVerifier() };
  await withinTime(genericGrantRequest(client, 'authorization_code', offer)).catch((error: unknown) => {
    const refusal = clientRefusal(error);
    // Any other answer about a made-up code is right.
    if (refusal !== error || !(error instanceof ResponseBodyError)) throw refusal;
  });
}
