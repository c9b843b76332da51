import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { SecretAccessType } from './secret-access-type.js';

/** That somebody read, set or deleted a secret, or tried to. It has no foreign keys: it stays as it was written, whatever is deleted. */
@Table({
  name: 'SecretAccess',
  type: 51,
  table: 'secret_accesses',
  description:
    "That somebody read, set or deleted a secret, or tried to; it never changes. Seen by holders of secret:read and secret:manage, by who did it and, unless it is a server's, by the owner of the secret",
  many: 'secretAccesses',
})
export class SecretAccess extends BaseEntity {
  @Column({ kind: 'id', description: 'Secret; null when there was none of that name', nullable: true, hidden: true })
  secretId: string | null = null;

  @Column({ kind: 'string', description: 'Name of the secret, also when it is gone or there was none', filter: true })
  secretName!: string;

  @Column({ kind: 'id', description: 'Server of the secret', nullable: true, hidden: true })
  serverId: string | null = null;

  @Column({ kind: 'id', description: 'Who did it', nullable: true, hidden: true })
  userId: string | null = null;

  @Column({ kind: 'string', description: 'Name of who did it, at that time', filter: true })
  userName!: string;

  @Column({ kind: 'id', description: 'Tool for which it was read', nullable: true, hidden: true })
  toolId: string | null = null;

  @Column({ kind: 'id', description: 'Execution of the tool', nullable: true, hidden: true })
  executionId: string | null = null;

  @Column({ kind: SecretAccessType, description: 'What they did, or tried', filter: true })
  accessType!: SecretAccessType;

  @Column({ kind: 'boolean', description: 'Whether they succeeded', filter: true })
  isSuccessful!: boolean;

  @Column({ kind: 'string', description: 'What for, or why it did not succeed; null when there is nothing to say', nullable: true })
  detail: string | null = null;

  @Column({ kind: 'string', description: 'Address of the client; null when Signalbox did it by itself', nullable: true, filter: true })
  ipAddress: string | null = null;

  @Column({ kind: 'string', description: 'User agent of the client; null when it sent none', nullable: true })
  userAgent: string | null = null;

  @Column({ kind: 'time', description: 'When, by the clock of the database', default: 'clock_timestamp()', filter: true, order: true })
  accessedAt!: Date;
}
