import { Check } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A link of the chain that holds the audit trail together: it stays when the entry itself has been deleted after its time. */
// Verification begins with the first one.
@Check({ name: 'audit_seals_number_check', expression: '"number" >= 1' })
@Table({
  name: 'AuditSeal',
  type: 11,
  table: 'audit_seals',
  description:
    'A link of the chain that holds the audit trail together, one for each entry; it stays when the entry is deleted after its time. Seen by holders of audit:read',
  one: 'auditSeal',
  many: 'auditSeals',
})
export class AuditSeal extends BaseEntity {
  @Column({ kind: 'long', description: 'Place in the chain, from 1 without a gap', unique: true, filter: true, order: true })
  number!: number;

  @Column({ kind: 'long', description: 'Position of the entry in the order of everything' })
  position!: number;

  @Column({ kind: 'id', description: 'Id of the entry', unique: true, filter: true })
  entryId!: string;

  @Column({ kind: 'string', description: 'SHA-256 of the entry, in hex: of its JSON in the canonical form of RFC 8785' })
  entryDigest!: string;

  @Column({ kind: 'time', description: 'Until when the entry is kept; a missing entry is a fault before and none after' })
  expiresAt!: Date;

  @Column({ kind: 'string', description: 'SHA-256 of this link and the digest before it, in hex' })
  digest!: string;
}
