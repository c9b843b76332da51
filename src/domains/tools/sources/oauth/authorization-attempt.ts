import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthClientMetadata, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';

/** What is known when an authorization is begun, or when the browser comes back from it. */
export interface AttemptStart {
  redirectUri: string;
  /** Comes back with the browser; null when it has come back. */
  state: string | null;
  client: OAuthClientInformationMixed | null;
  discovery?: OAuthDiscoveryState;
  verifier?: string;
}

/** One authorization by OAuth, as the client library of MCP carries it out: it keeps in memory what that finds. */
export class AuthorizationAttempt implements OAuthClientProvider {
  client: OAuthClientInformationMixed | null;
  discovery: OAuthDiscoveryState | undefined;
  verifier: string | undefined;
  /** Where the browser is to go. */
  authorizationUrl: URL | null = null;
  granted: OAuthTokens | null = null;

  constructor(readonly start: AttemptStart) {
    this.client = start.client;
    this.discovery = start.discovery;
    this.verifier = start.verifier;
  }

  get redirectUrl(): string {
    return this.start.redirectUri;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'Signalbox',
      redirect_uris: [this.start.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    };
  }

  state(): string {
    return this.start.state!;
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.client ?? undefined;
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.client = client;
  }

  // What it has is refreshed elsewhere; here somebody is asked anew.
  tokens(): undefined {
    return undefined;
  }

  saveTokens(tokens: OAuthTokens): void {
    this.granted = tokens;
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier!;
  }

  saveDiscoveryState(discovery: OAuthDiscoveryState): void {
    this.discovery = discovery;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovery;
  }
}
