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

/** What a provider says of somebody and of their sign-in there. */
export interface Exchanged {
  profile: Profile;
  /** When they showed there who they are, in seconds since 1970; null when the provider does not say. */
  authTime: number | null;
}

/** Trades the code that a browser brought for what the provider says of the person; everything that came is verified. */
export function exchangeCode(
  services: Services,
  { provider, client }: SsoProvider,
  { nonce, verifier }: TakenRequest,
  search: URLSearchParams,
): Promise<Exchanged> {
  const config = provider.config as OidcConfig;
  const current = new URL(services.get(PublicAddress).callback(provider.slug));
  current.search = search.toString();
  const ask = async (): Promise<Exchanged> => {
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
    const profile = profileOfClaims(sub, { ...(more.email === undefined ? claims : rest), ...more }, config);
    return { profile, authTime: claims.auth_time ?? null };
  };
  return withinTime(ask());
}
