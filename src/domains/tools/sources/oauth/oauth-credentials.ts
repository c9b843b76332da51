import type { WriteSystem } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { ExternalMcpSource } from '../external-mcp-source.entity.js';
import { McpSourceError } from '../mcp-source-error.js';
import type { SourceCredentials } from '../credentials.js';
import { refreshOauth } from './refresh-oauth.js';
import { openOauth, secretsOf, type StoredOauth } from './stored-oauth.js';

// Before a token ends, because a request takes its time.
const marginMs = 30_000;

/** The OAuth tokens of a source, refreshed shortly before they end and when they are refused. */
export function oauthCredentials(system: WriteSystem, { id }: Pick<ExternalMcpSource, 'id'>): SourceCredentials {
  const secrets = new Set<string>();
  let current: StoredOauth | null = null;
  let refreshing: Promise<StoredOauth> | null = null;
  const take = (stored: StoredOauth): StoredOauth => {
    for (const secret of secretsOf(stored)) secrets.add(secret);
    return (current = stored);
  };
  // Calls that find the token at its end at the same time wait for one answer, and hold one connection to the database.
  const refresh = async (used: StoredOauth): Promise<StoredOauth> => {
    refreshing ??= refreshOauth(system, id, used.tokens.access_token).finally(() => (refreshing = null));
    return take(await refreshing);
  };
  return {
    secrets,
    headers: async () => {
      current ??= take(await read(system, id));
      if (isEnding(current)) current = await refresh(current);
      return { authorization: `Bearer ${current.tokens.access_token}` };
    },
    renew: async () => current !== null && (await refresh(current)) !== null,
  };
}

const isEnding = ({ expiresAt, tokens }: StoredOauth): boolean =>
  expiresAt !== null && tokens.refresh_token !== undefined && Date.parse(expiresAt) - marginMs <= Date.now();

async function read({ database, services }: WriteSystem, id: string): Promise<StoredOauth> {
  const source = await database.fork().findOne(ExternalMcpSource, { id });
  const stored = source && openOauth(services.get(KeyRing), source);
  if (!stored) throw new McpSourceError('UNAUTHORIZED', 'Nobody has authorized Signalbox there yet: begin its OAuth authorization');
  return stored;
}
