import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Secret } from './secret.entity.js';

/** What is looked up for secrets. */
export const vaultDerived = [
  derived({
    of: Secret,
    name: 'encryptionKeyId',
    kind: 'string',
    nullable: true,
    description: 'Id of the encryption key that its value is sealed with; null without a value',
    async load(reader, ids) {
      const rows = await reader.rows(
        sql`select secret_id, encryption_key_id from secret_versions where is_active and secret_id = any(${ids}::uuid[])`,
      );
      return new Map(rows.map(([id, key]) => [id!, key]));
    },
  }),
];
