import { authorizationCodeGrant, fetchUserInfo } from 'openid-client';
import type { Services } from '#core/feed/services.js';
import { clientRefusal } from './client-refusal.js';
import type { SsoProvider } from './find-sso-provider.js';
import type { OidcConfig } from './oidc-config.js';
import type { Profile } from './profile.js';
import { profileOfClaims } from './profile-of-claims.js';
import { PublicAddress } from './public-address.js';
import type { TakenRequest } from './take-sso-request.js';
import { withinTime } from './within-time.js';

/** Trades the code that a browser brought for what the provider says of the person; everything that came is verified. */
export function exchangeCode(
  services: Services,
  { provider, client }: SsoProvider,
  { nonce, verifier }: TakenRequest,
  search: URLSearchParams,
): Promise<Profile> {
  const config = provider.config as OidcConfig;
  const current = new URL(services.get(PublicAddress).callback(provider.slug));
  current.search = search.toString();
  const ask = async (): Promise<Profile> => {
    const tokens = await authorizationCodeGrant(client, current, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: search.get('state') ?? '',
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw clientRefusal(error);
    });
    const { sub, ...claims } = tokens.claims()!;
    const asksMore = config.usesUserInfo && client.serverMetadata().userinfo_endpoint !== undefined;
    const more: Record<string, unknown> = asksMore ? await fetchUserInfo(client, tokens.access_token, sub) : {};
    // Whether an address is verified is said where the address is said.
    const { email_verified: _, ...rest } = claims;
    return profileOfClaims(sub, { ...(more.email === undefined ? claims : rest), ...more }, config);
  };
  return withinTime(ask());
}
