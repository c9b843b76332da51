import { LockMode } from '@mikro-orm/core';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import type { Origin } from '#core/feed/origin.js';
import { write, type WriteContext, type WriteSystem } from '#core/feed/write.js';
import { can, type Actor } from '#core/policy/actor.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { hashToken } from '#core/secrets/token.js';
import { findActor } from '#domains/identity/index.js';
import { ExternalMcpSource } from '../external-mcp-source.entity.js';
import { mcpLimits } from '../mcp-limits.js';
import { SourceConnections } from '../source-connections.js';
import { sourceOutgoing } from '../source-outgoing.js';
import { whyNot } from '../why-not.js';
import { AuthorizationAttempt } from './authorization-attempt.js';
import { openRequest, type OauthRequest } from './oauth-request.js';
import { keepOauth } from './stored-oauth.js';

/** How a browser comes back from the OAuth server of an external MCP server. */
export interface OauthReturn {
  search: URLSearchParams;
  /** Value of the cookie that binds it. */
  browser: string | null;
}

const tooLate = 'This authorization was used before, took too long or was begun in another browser: begin again';

/** Takes what a browser comes back with, and keeps the tokens that Signalbox is given for it; says where the browser goes on. */
export async function finishExternalMcpAuthorization(
  system: WriteSystem,
  origin: Origin,
  { search, browser }: OauthReturn,
): Promise<string> {
  const state = search.get('state') ?? '';
  const id = state.split('.')[0]!;
  const request = await write(system, origin, (context) => take(context, { id, state, browser }));
  if (!request.result) throw new AppError('UNAUTHENTICATED', tooLate);
  const taken = request.result;
  const actor = await actorOf(system, taken);
  const { granted, why } = await exchange(system, taken, search);
  const { result: isKept } = await write(system, { ...origin, actor }, (context) => keep(context, { id, taken, granted, why }));
  system.services.get(SourceConnections).drop(id);
  if (why !== null) throw new AppError('PRECONDITION_FAILED', why);
  if (!isKept) throw new AppError('CONFLICT', 'The source was changed meanwhile: begin the authorization again');
  return taken.returnTo;
}

const locked = (em: EntityManager, id: string): Promise<ExternalMcpSource | null> =>
  em.findOne(ExternalMcpSource, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });

// Only who comes back as the same browser uses it up; nobody else can spoil it.
async function take(
  { em, now, services }: WriteContext,
  { id, state, browser }: { id: string; state: string; browser: string | null },
): Promise<OauthRequest | null> {
  const source = isUuid(id) ? await locked(em, id) : null;
  const request = source && openRequest(services.get(KeyRing), source);
  if (!source || !request || browser === null) return null;
  if (request.stateHash !== hashToken(state) || request.browserHash !== hashToken(browser)) return null;
  source.sealedOauthRequest = null;
  return Date.parse(request.expiresAt) > now.getTime() && source.url === request.url ? request : null;
}

// Whoever began it may have lost the right meanwhile.
async function actorOf({ database, services }: WriteSystem, { userId }: OauthRequest): Promise<Actor> {
  const actor = await findActor(database.fork(), userId, services);
  if (!actor || !can(actor, 'tool:manage')) throw new AppError('FORBIDDEN', 'Who began this authorization may not manage sources any more');
  return actor;
}

type Exchanged = { granted: AuthorizationAttempt | null; why: string | null };

async function exchange(system: WriteSystem, request: OauthRequest, search: URLSearchParams): Promise<Exchanged> {
  const { client, discovery, verifier, redirectUri, url } = request;
  const issuer = discovery.authorizationServerMetadata?.issuer;
  const given = search.get('iss');
  if (given !== null && issuer !== undefined && given !== issuer)
    return { granted: null, why: 'The answer is of another OAuth server (iss)' };
  const code = search.get('code');
  if (code === null) return { granted: null, why: `Access was not granted (${(search.get('error') ?? 'no code').slice(0, 100)})` };
  const outgoing = sourceOutgoing(system.services, { maxBytes: mcpLimits.oauthBytes, timeoutMs: mcpLimits.oauthMs });
  const attempt = new AuthorizationAttempt({ redirectUri, state: null, client, discovery, verifier });
  try {
    await auth(attempt, { serverUrl: url, authorizationCode: code, fetchFn: outgoing.fetch });
    return { granted: attempt, why: null };
  } catch (error) {
    const secrets = [code, verifier, client.client_secret].filter((text): text is string => !!text);
    return { granted: null, why: whyNot(error, { secrets, what: 'Its OAuth server' }).message };
  } finally {
    await outgoing.close();
  }
}

async function keep(
  { em, now, record, services }: WriteContext,
  { id, taken, granted, why }: { id: string; taken: OauthRequest } & Exchanged,
): Promise<boolean> {
  const source = await locked(em, id);
  if (!source || source.url !== taken.url || source.authType !== 'OAUTH') return false;
  if (!granted?.granted) {
    record('tools.externalMcpSource.authorized', source, { outcome: 'FAILURE', message: why!, severity: 'MEDIUM' });
    return false;
  }
  const { client, discovery, redirectUri, isRegistered } = { ...taken, client: granted.client!, discovery: granted.discovery! };
  const tokenEndpoint = discovery.authorizationServerMetadata?.token_endpoint ?? null;
  keepOauth(services.get(KeyRing), source, { tokens: granted.granted, client, discovery, redirectUri, isRegistered, tokenEndpoint }, now);
  if (source.status === 'ERROR') source.status = 'ACTIVE';
  source.statusMessage = null;
  record('tools.externalMcpSource.authorized', source, { severity: 'MEDIUM' });
  return true;
}
