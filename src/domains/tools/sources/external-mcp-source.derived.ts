import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Secret } from '#domains/vault/secret.entity.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';

/** What is looked up for external sources. */
export const externalMcpSourceDerived = [
  derived({
    of: ExternalMcpSource,
    name: 'authSecret',
    kind: Secret,
    nullable: true,
    description: 'Secret of its server that authSecretName names; null when it names none, and when that is not there or may not be seen',
    async load(reader, ids) {
      const rows = await reader.rows(sql`select x.id, s.id from external_mcp_sources x
        join secrets s on s.server_id = x.server_id and s.name = x.auth_secret_name where x.id = any(${ids}::uuid[])`);
      return new Map(rows.map(([id, secret]) => [id!, secret]));
    },
  }),
];
