import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { refreshAuthorization } from '@modelcontextprotocol/sdk/client/auth.js';
import {
  OAuthError,
  ServerError,
  TemporarilyUnavailableError,
  TooManyRequestsError,
} from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { executeSql, sql } from '#core/database/sql.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteContext, type WriteSystem } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { ExternalMcpSource } from '../external-mcp-source.entity.js';
import { mcpLimits } from '../mcp-limits.js';
import { McpSourceError } from '../mcp-source-error.js';
import { sourceOutgoing } from '../source-outgoing.js';
import { whyNot } from '../why-not.js';
import { dropOauth, keepOauth, openOauth, secretsOf, type StoredOauth } from './stored-oauth.js';

const isOver = 'What Signalbox was granted there has ended: begin its OAuth authorization again';

/**
 * New tokens in the place of `usedToken`, or those that another process has got meanwhile. One process at a time asks, because a refresh
 * token that is used twice ends all; it waits for the answer within the transaction that holds the lock, for a bounded time.
 */
export async function refreshOauth(system: WriteSystem, id: string, usedToken: string): Promise<StoredOauth> {
  const { result } = await write(system, ownOrigin, async (context) => {
    await executeSql(context.em, sql`select pg_advisory_xact_lock(hashtextextended(${`mcp oauth ${id}`}, 0))`);
    const source = await find(context.em, id);
    const stored = source && openOauth(context.services.get(KeyRing), source);
    if (!stored) return null;
    if (stored.tokens.access_token !== usedToken) return stored;
    const tokens = stored.tokens.refresh_token === undefined ? null : await ask(context, stored, stored.tokens.refresh_token);
    return keep(context, { id, stored, tokens });
  });
  if (!result) throw new McpSourceError('UNAUTHORIZED', isOver);
  return result;
}

const find = (em: EntityManager, id: string): Promise<ExternalMcpSource | null> => em.findOne(ExternalMcpSource, { id });

// Null when they were refused for good.
async function ask(
  { services }: WriteContext,
  { discovery, client, ...stored }: StoredOauth,
  refreshToken: string,
): Promise<OAuthTokens | null> {
  const outgoing = sourceOutgoing(services, { maxBytes: mcpLimits.oauthBytes, timeoutMs: mcpLimits.oauthMs });
  try {
    return await refreshAuthorization(discovery.authorizationServerUrl, {
      clientInformation: client,
      refreshToken,
      fetchFn: outgoing.fetch,
      ...(discovery.authorizationServerMetadata && { metadata: discovery.authorizationServerMetadata }),
      ...(discovery.resourceMetadata && { resource: discovery.resourceMetadata.resource }),
    });
  } catch (error) {
    if (isForGood(error)) return null;
    throw whyNot(error, { secrets: secretsOf({ client, ...stored }), what: 'Its OAuth server' });
  } finally {
    await outgoing.close();
  }
}

const isForGood = (error: unknown): boolean =>
  error instanceof OAuthError &&
  ![ServerError, TemporarilyUnavailableError, TooManyRequestsError].some((passing) => error instanceof passing);

async function keep(
  { em, now, record, services }: WriteContext,
  { id, stored, tokens }: { id: string; stored: StoredOauth; tokens: OAuthTokens | null },
): Promise<StoredOauth | null> {
  // Whoever changed the source while the OAuth server was asked comes first.
  const source = await em.findOne(ExternalMcpSource, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  const ring = services.get(KeyRing);
  if (!source || openOauth(ring, source)?.tokens.access_token !== stored.tokens.access_token) return null;
  if (tokens) {
    record('tools.externalMcpSource.tokensRefreshed', source);
    return keepOauth(ring, source, { ...stored, tokens }, now);
  }
  dropOauth(ring, source);
  Object.assign(source, { status: source.status === 'DISABLED' ? 'DISABLED' : 'ERROR', statusMessage: isOver });
  record('tools.externalMcpSource.authorizationEnded', source, { outcome: 'FAILURE', severity: 'MEDIUM' });
  return null;
}
