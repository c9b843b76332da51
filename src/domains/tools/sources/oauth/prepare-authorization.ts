import { auth, extractWWWAuthenticateParams, type OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import type { OAuthClientInformationMixed } from '@modelcontextprotocol/sdk/shared/auth.js';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteSystem } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { newToken } from '#core/secrets/token.js';
import { PublicAddress } from '#domains/identity/index.js';
import { ExternalMcpSource } from '../external-mcp-source.entity.js';
import { mcpLimits } from '../mcp-limits.js';
import { readSourceSecret } from '../source-credentials.js';
import { sourceOutgoing, type SourceOutgoing } from '../source-outgoing.js';
import { whyNot } from '../why-not.js';
import { AuthorizationAttempt } from './authorization-attempt.js';
import { openOauth } from './stored-oauth.js';

/** Where a browser is to go, and what it is to come back to. */
export interface PreparedAuthorization {
  url: string;
  authorizationUrl: string;
  state: string;
  client: OAuthClientInformationMixed;
  isRegistered: boolean;
  discovery: OAuthDiscoveryState;
  verifier: string;
  redirectUri: string;
}

/** Path that browsers come back to from the OAuth server of an external MCP server. */
export const oauthCallback = '/mcp-sources/oauth/callback';

/**
 * Finds the OAuth server of an external MCP server, and registers Signalbox there unless a client id is known; outside any transaction.
 * Throws `PRECONDITION_FAILED` with the reason when that does not work.
 */
export async function prepareAuthorization(system: WriteSystem, id: string): Promise<PreparedAuthorization> {
  const source = isUuid(id) ? await system.database.fork().findOne(ExternalMcpSource, { id }) : null;
  if (!source) throw notFound(`ExternalMcpSource ${id}`);
  if (source.authType !== 'OAUTH') throw new AppError('PRECONDITION_FAILED', `The source ${source.name} does not use OAUTH`);
  if (source.status === 'DISABLED') throw new AppError('PRECONDITION_FAILED', `The source ${source.name} is switched off`);
  const outgoing = sourceOutgoing(system.services, { maxBytes: mcpLimits.oauthBytes, timeoutMs: mcpLimits.oauthMs });
  try {
    return await prepare(system, source, outgoing);
  } catch (error) {
    throw new AppError('PRECONDITION_FAILED', whyNot(error, { what: 'Its OAuth server' }).message);
  } finally {
    await outgoing.close();
  }
}

async function prepare(system: WriteSystem, source: ExternalMcpSource, outgoing: SourceOutgoing): Promise<PreparedAuthorization> {
  const redirectUri = `${system.services.get(PublicAddress).url}${oauthCallback}`;
  const { client, isRegistered } = await knownClient(system, source, redirectUri);
  const state = `${source.id}.${newToken()}`;
  const attempt = new AuthorizationAttempt({ redirectUri, state, client });
  const challenge = await challengeOf(source, outgoing);
  await auth(attempt, { serverUrl: source.url, fetchFn: outgoing.fetch, ...challenge });
  const { authorizationUrl, verifier, discovery } = attempt;
  return {
    url: source.url,
    authorizationUrl: authorizationUrl!.href,
    state,
    client: attempt.client!,
    isRegistered: isRegistered || client === null,
    discovery: discovery!,
    verifier: verifier!,
    redirectUri,
  };
}

async function knownClient(
  system: WriteSystem,
  source: ExternalMcpSource,
  redirectUri: string,
): Promise<{ client: OAuthClientInformationMixed | null; isRegistered: boolean }> {
  const stored = openOauth(system.services.get(KeyRing), source);
  if (stored?.isRegistered) return { client: stored.redirectUri === redirectUri ? stored.client : null, isRegistered: true };
  if (source.oauthClientId === null) return { client: null, isRegistered: true };
  const secret = source.authSecretName === null ? {} : { client_secret: await readSourceSecret(system, source) };
  return { client: { client_id: source.oauthClientId, ...secret }, isRegistered: false };
}

// A server that asks for OAuth says with its refusal where its metadata is.
async function challengeOf(source: ExternalMcpSource, outgoing: SourceOutgoing): Promise<{ resourceMetadataUrl?: URL; scope?: string }> {
  const introduction = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: LATEST_PROTOCOL_VERSION, capabilities: {}, clientInfo: { name: 'signalbox', version: '0' } },
  };
  const isStream = source.transportType === 'SSE';
  const response = await outgoing.fetch(source.url, {
    method: isStream ? 'GET' : 'POST',
    headers: { accept: isStream ? 'text/event-stream' : 'application/json, text/event-stream', 'content-type': 'application/json' },
    redirect: 'manual',
    ...(!isStream && { body: JSON.stringify(introduction) }),
  });
  await response.body?.cancel();
  if (response.status !== 401) return {};
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return { ...(resourceMetadataUrl && { resourceMetadataUrl }), ...(scope !== undefined && { scope }) };
}
