import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { hashToken } from '#core/secrets/token.js';
import { isOwnPath } from '#domains/identity/index.js';
import { findSource } from '../find-source.js';
import { keepRequest } from './oauth-request.js';
import type { PreparedAuthorization } from './prepare-authorization.js';

const requestMs = 600_000;

/** Where a browser goes to grant Signalbox access to an external MCP server; it comes back within ten minutes, once, as the same browser. */
export async function beginExternalMcpAuthorization(
  context: WriteContext,
  { url, authorizationUrl, state, ...prepared }: PreparedAuthorization,
  { id, returnTo, browser }: { id: string; returnTo: string; browser: string | null },
): Promise<string> {
  const { actor, now, services, record } = context;
  if (!isOwnPath(returnTo)) throw badInput('returnTo is a path of this server, such as /', 'input.returnTo');
  if (browser === null || actor.id === null)
    throw new AppError('PRECONDITION_FAILED', 'A browser begins an authorization over HTTP, because it needs a cookie');
  const source = await findSource(context, { id });
  if (source.url !== url || source.authType !== 'OAUTH')
    throw new AppError('CONFLICT', 'The source was changed meanwhile: begin the authorization again');
  keepRequest(services.get(KeyRing), source, {
    ...prepared,
    url,
    returnTo,
    stateHash: hashToken(state),
    browserHash: hashToken(browser),
    userId: actor.id,
    expiresAt: new Date(now.getTime() + requestMs).toISOString(),
  });
  record('tools.externalMcpSource.authorizationBegun', source);
  return authorizationUrl;
}
