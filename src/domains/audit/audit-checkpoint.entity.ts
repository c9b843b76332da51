import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A signed statement of how the chain stood. */
@Table({
  name: 'AuditCheckpoint',
  type: 12,
  table: 'audit_checkpoints',
  description:
    'A signed statement of how the chain of the audit trail stood. Keep copies elsewhere: compared with one, a rewrite of what came before it is found. Seen by holders of audit:read',
  one: 'auditCheckpoint',
  many: 'auditCheckpoints',
})
export class AuditCheckpoint extends BaseEntity {
  @Column({ kind: 'time', description: 'When it was signed', order: true, filter: true })
  createdAt: Date = new Date();

  @Column({ kind: 'long', description: 'Number of the last link at that time', filter: true, order: true })
  number!: number;

  @Column({ kind: 'string', description: 'Digest of that link, in hex' })
  digest!: string;

  @Column({
    kind: 'string',
    description: 'JWS (RFC 7515, EdDSA) of number, digest and time; its key is among those at /audit/jwks.json',
  })
  signature!: string;
}
