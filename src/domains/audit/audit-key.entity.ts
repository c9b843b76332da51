import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A key pair that signs checkpoints; its id is the `kid`. It is kept for as long as there are checkpoints. */
@Table({ type: 13, table: 'audit_keys', description: 'Key pairs that sign checkpoints of the audit trail' })
export class AuditKey extends BaseEntity {
  @Column({ kind: 'json', description: 'Public half as a JWK' })
  publicJwk!: object;

  @Column({ kind: 'string', description: 'Private half as a sealed JWK', secret: true })
  sealedPrivateJwk!: string;

  @Column({ kind: 'time', description: 'When it was made' })
  createdAt: Date = new Date();
}
