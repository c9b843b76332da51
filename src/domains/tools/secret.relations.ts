import { relation } from '#core/database/declare/relation.js';
import { SecretAccess } from '#domains/vault/secret-access.entity.js';
import { Secret } from '#domains/vault/secret.entity.js';
import { McpServer } from './servers/mcp-server.entity.js';
import { Tool } from './tool.entity.js';

/** Whose secrets are a server's, and which tool used one; the vault knows no more of them than their ids. */
export const secretRelations = [
  relation({
    of: Secret,
    key: 'serverId',
    name: 'server',
    to: McpServer,
    description: 'MCP server whose tools use it; null for a secret of a person',
    filter: true,
    inverse: { name: 'secrets', description: 'Secrets that the tools of the server use, as far as the caller may see them' },
    onDelete: 'cascade',
  }),
  relation({
    of: SecretAccess,
    key: 'toolId',
    name: 'tool',
    to: Tool,
    description: 'Tool that used it; null for none, and when that is gone',
    filter: true,
    inverse: { name: 'secretAccesses', description: 'What the tool used of secrets, as far as the caller may see it' },
    onDelete: 'keep',
  }),
];
