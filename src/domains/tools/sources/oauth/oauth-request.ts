import type { OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { sealedOauthRequest } from '../../sealed-tools.js';
import type { ExternalMcpSource } from '../external-mcp-source.entity.js';

/** An authorization that somebody has begun, whose browser has not come back. */
export interface OauthRequest {
  stateHash: string;
  /** SHA-256 of the cookie of that browser. */
  browserHash: string;
  /** Who has begun it. */
  userId: string;
  /** What the source was reached by then. */
  url: string;
  verifier: string;
  client: OAuthClientInformationMixed;
  isRegistered: boolean;
  discovery: OAuthDiscoveryState;
  redirectUri: string;
  returnTo: string;
  expiresAt: string;
}

/** The authorization of a source that is under way; null when there is none. */
export const openRequest = (ring: KeyRing, source: ExternalMcpSource): OauthRequest | null =>
  source.sealedOauthRequest === null
    ? null
    : (JSON.parse(ring.unseal(source.sealedOauthRequest, sealedOauthRequest.context(source))) as OauthRequest);

/** Keeps an authorization that is under way, in the place of an earlier one. */
export function keepRequest(ring: KeyRing, source: ExternalMcpSource, request: OauthRequest): void {
  source.sealedOauthRequest = ring.seal(JSON.stringify(request), sealedOauthRequest.context(source));
}
