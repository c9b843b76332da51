import type { WriteSystem } from '#core/feed/write.js';
import { readServerSecret } from '#domains/vault/index.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';
import type { SourceCredentials } from './credentials.js';
import { McpSourceError } from './mcp-source-error.js';
import { oauthCredentials } from './oauth/oauth-credentials.js';

/** The credentials of a source, as its `authType` has them. */
export function sourceCredentials(system: WriteSystem, source: ExternalMcpSource): SourceCredentials {
  if (source.authType === 'NONE') return { headers: async () => ({}), renew: async () => false, secrets: new Set() };
  return source.authType === 'OAUTH' ? oauthCredentials(system, source) : secretCredentials(system, source);
}

function secretCredentials(system: WriteSystem, source: ExternalMcpSource): SourceCredentials {
  const secrets = new Set<string>();
  const isBearer = source.authType === 'BEARER';
  const header = isBearer ? 'authorization' : (source.authHeaderName ?? 'authorization').toLowerCase();
  let current: string | null = null;
  const read = async (): Promise<string> => {
    const value = await readSourceSecret(system, source);
    secrets.add(value);
    return value;
  };
  return {
    secrets,
    headers: async () => {
      current ??= await read();
      return { [header]: isBearer ? `Bearer ${current}` : current };
    },
    renew: async () => {
      const before = current;
      current = await read();
      return current !== before;
    },
  };
}

/** The secret that a source names, of its server; throws when there is none to be had. */
export async function readSourceSecret(system: WriteSystem, source: ExternalMcpSource): Promise<string> {
  const name = source.authSecretName!;
  const value = await readServerSecret(system, {
    serverId: source.server.id,
    name,
    purpose: `connection to the MCP server ${source.name}`,
  });
  if (value === null) throw new McpSourceError('NO_SECRET', `The secret ${name} of its server has no value that can be used`);
  // It would break the header, or come out of it in parts.
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) throw new McpSourceError('NO_SECRET', `The secret ${name} cannot stand in a header`);
  return value;
}
