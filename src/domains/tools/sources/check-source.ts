import { AppError } from '#core/errors/app-error.js';
import type { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { plainHost } from '#core/network/plain-host.js';
import { can } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { Secret } from '#domains/vault/secret.entity.js';
import { privateHosts } from '../tool.settings.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';

const longestUrl = 2_000;

// They belong to HTTP or to MCP.
const takenHeaders: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'transfer-encoding', 'expect', 'cookie', 'origin'],
  ...['accept', 'content-type', 'content-length', 'mcp-session-id', 'mcp-protocol-version', 'last-event-id'],
]);

/** Notes all that is wrong with what people write of an external source, at its place in the input. */
export function checkSource(source: ExternalMcpSource, { services }: Pick<WriteContext, 'services'>, problems: Problems): void {
  const { name, authType, authSecretName, authHeaderName, oauthClientId } = source;
  if (name.trim() !== name || !/^[^\p{Cc}]{1,255}$/u.test(name))
    problems.add('name has 1 to 255 characters, no control characters and no blanks around them', 'input.name');
  const wrong = wrongWithUrl(source.url, services.get(Settings).value(privateHosts));
  if (wrong) problems.add(wrong, 'input.url');
  const needsSecret = authType === 'BEARER' || authType === 'HEADER';
  const takesSecret = needsSecret || (authType === 'OAUTH' && oauthClientId !== null);
  if (needsSecret && authSecretName === null) problems.add(`authSecretName names the secret that ${authType} uses`, 'input.authSecretName');
  if (!takesSecret && authSecretName !== null)
    problems.add('authSecretName is for BEARER and HEADER, and for OAUTH with an oauthClientId', 'input.authSecretName');
  if (authSecretName !== null && !/^[^\p{Cc}]{1,255}$/u.test(authSecretName))
    problems.add('authSecretName has 1 to 255 characters and no control characters', 'input.authSecretName');
  if (authHeaderName !== null && authType !== 'HEADER') problems.add('authHeaderName is for HEADER only', 'input.authHeaderName');
  if (authHeaderName !== null && !isFreeHeader(authHeaderName))
    problems.add('authHeaderName is the name of a header that neither HTTP nor MCP uses itself', 'input.authHeaderName');
  if (oauthClientId !== null && authType !== 'OAUTH') problems.add('oauthClientId is for OAUTH only', 'input.oauthClientId');
  if (oauthClientId !== null && !/^[\x20-\x7e]{1,500}$/.test(oauthClientId))
    problems.add('oauthClientId has 1 to 500 printable characters', 'input.oauthClientId');
}

function wrongWithUrl(text: string, known: readonly string[]): string | null {
  if (text.length > longestUrl || !URL.canParse(text)) return `url is an address, of at most ${longestUrl} characters`;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'url begins with https:';
  if (username || password || hash)
    return 'url has no user name, no password and no fragment: a secret of its server says who Signalbox is';
  if (protocol === 'http:' && !known.map(plainHost).includes(plainHost(hostname)))
    return 'url begins with https:, unless the setting tools.privateHosts names the host';
  return null;
}

const isFreeHeader = (name: string): boolean =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name) && !takenHeaders.has(name.toLowerCase()) && !/^(proxy|sec)-/i.test(name);

/**
 * Refuses that somebody sends a secret to another server who may not read it: whoever says where a source is, decides who gets the secret that
 * it names, now or later.
 */
export async function checkSecretUse({ em, actor }: WriteContext, { authSecretName, server }: ExternalMcpSource): Promise<void> {
  if (authSecretName === null) return;
  const secret = await em.findOne(Secret, { serverId: server.id, name: authSecretName });
  for (const needed of ['secret:reveal', secret?.requiredPermission ?? null])
    if (needed !== null && !can(actor, needed))
      throw new AppError('FORBIDDEN', `To have a source use the secret ${authSecretName} takes the permission ${needed}`, {
        paths: ['input.authSecretName'],
      });
}
