import { badInput } from '#core/errors/bad-input.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { checkSecretUse, checkSource } from './check-source.js';
import type { ExternalMcpSource, ExternalMcpSourceStatus } from './external-mcp-source.entity.js';
import { findSource } from './find-source.js';
import type { NewSource } from './create-external-mcp-source.js';
import { dropOauth } from './oauth/stored-oauth.js';
import { reviewMovedTools } from './review-moved-tools.js';
import { SourceConnections } from './source-connections.js';

/** What to change of an external source: what is left out or null stays, and an empty text takes away what may be empty. */
export type SourceChange = { [Key in keyof Omit<NewSource, 'server'>]?: NewSource[Key] | null | undefined } & {
  id: string;
  expectedRevision: number;
  status?: ExternalMcpSourceStatus | null | undefined;
};

const clearable: ReadonlySet<string> = new Set(['authSecretName', 'authHeaderName', 'oauthClientId']);

/**
 * Changes a connection to an MCP server elsewhere, switches it off or on again. Another address, or another way to show who Signalbox is,
 * ends what was granted there; tools that were agreed to are agreed to again, since they may do something else, or as somebody else.
 */
export async function updateExternalMcpSource(context: WriteContext, change: SourceChange): Promise<ExternalMcpSource> {
  const { id, expectedRevision, status, ...given } = change;
  if (status === 'ERROR') throw badInput('status is ACTIVE or DISABLED; that it cannot be asked is found out', 'input.status');
  const source = await findSource(context, { id, expectedRevision });
  const before = { ...source };
  for (const [key, value] of Object.entries(given)) {
    if (value == null) continue;
    Object.assign(source, { [key]: value === '' && clearable.has(key) ? null : value });
  }
  // What belongs to another way to show who one is goes with it.
  if (source.authType !== before.authType) dropOthers(source, given);
  const problems = new Problems();
  checkSource(source, context, problems);
  problems.throwIfAny();
  const isElsewhere = source.url !== before.url;
  const isOther = isElsewhere || source.authType !== before.authType || source.oauthClientId !== before.oauthClientId;
  const isSomebodyElse = isOther || source.authSecretName !== before.authSecretName || source.authHeaderName !== before.authHeaderName;
  if (isSomebodyElse) await checkSecretUse(context, source);
  if (isOther) {
    const { oauthClientId } = source;
    dropOauth(context.services.get(KeyRing), source);
    if (given.oauthClientId) source.oauthClientId = oauthClientId;
  }
  // What was found before says nothing of what it is now.
  if (isSomebodyElse || status === 'ACTIVE') {
    if (source.status === 'ERROR' || status === 'ACTIVE') source.status = 'ACTIVE';
    source.statusMessage = null;
  }
  if (status === 'DISABLED') Object.assign(source, { status, statusMessage: null });
  context.record('tools.externalMcpSource.updated', source, { severity: 'MEDIUM' });
  if (isSomebodyElse)
    await reviewMovedTools(context, source, isElsewhere ? 'has moved to another address' : 'is used with other credentials');
  context.afterCommit(() => context.services.get(SourceConnections).drop(id));
  return source;
}

function dropOthers(source: ExternalMcpSource, given: Omit<SourceChange, 'id' | 'expectedRevision' | 'status'>): void {
  if (source.authType !== 'HEADER' && !given.authHeaderName) source.authHeaderName = null;
  if (source.authType !== 'OAUTH' && !given.oauthClientId) source.oauthClientId = null;
  if ((source.authType === 'NONE' || source.authType === 'OAUTH') && !given.authSecretName) source.authSecretName = null;
}
