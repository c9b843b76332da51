import type { OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { sealedOauth } from '../../sealed-tools.js';
import type { ExternalMcpSource } from '../external-mcp-source.entity.js';

/** What a source holds of OAuth: tokens, who Signalbox is there, where they are refreshed, and until when they hold. */
export interface StoredOauth {
  tokens: OAuthTokens;
  client: OAuthClientInformationMixed;
  discovery: OAuthDiscoveryState;
  tokenEndpoint: string | null;
  redirectUri: string;
  /** Whether the client was registered for this source, rather than given. */
  isRegistered: boolean;
  /** Null when nobody said. */
  expiresAt: string | null;
}

/** What a source holds of OAuth; null when it holds nothing. */
export const openOauth = (ring: KeyRing, source: ExternalMcpSource): StoredOauth | null =>
  source.sealedOauth === null ? null : (JSON.parse(ring.unseal(source.sealedOauth, sealedOauth.context(source))) as StoredOauth);

/** Seals what a source holds of OAuth into one text, and tells issuer, client and expiry beside it. */
export function keepOauth(ring: KeyRing, source: ExternalMcpSource, held: Omit<StoredOauth, 'expiresAt'>, now: Date): StoredOauth {
  const { expires_in: seconds } = held.tokens;
  const expiresAt = seconds === undefined ? null : new Date(now.getTime() + seconds * 1000);
  const stored = { ...held, expiresAt: expiresAt?.toISOString() ?? null };
  source.sealedOauth = ring.seal(JSON.stringify(stored), sealedOauth.context(source));
  source.oauthIssuer = issuerOf(held.discovery);
  source.oauthClientId = held.client.client_id;
  source.oauthExpiresAt = expiresAt;
  return stored;
}

/** Takes away what a source holds of OAuth, and what was begun; a client id that was given stays. */
export function dropOauth(ring: KeyRing, source: ExternalMcpSource): void {
  if (openOauth(ring, source)?.isRegistered) source.oauthClientId = null;
  Object.assign(source, {
    sealedOauth: null,
    sealedOauthRequest: null,
    oauthIssuer: null,
    oauthExpiresAt: null,
  } satisfies Partial<ExternalMcpSource>);
}

/** The texts among it that may be shown to nobody. */
export const secretsOf = ({ tokens, client }: Pick<StoredOauth, 'tokens' | 'client'>): string[] =>
  [tokens.access_token, tokens.refresh_token, tokens.id_token, client.client_secret].filter((text): text is string => !!text);

const issuerOf = ({ authorizationServerMetadata, authorizationServerUrl }: OAuthDiscoveryState): string =>
  authorizationServerMetadata?.issuer ?? authorizationServerUrl;
