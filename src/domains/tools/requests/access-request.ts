import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { RequestStatus } from './request-status.js';

/** Something that code may only do once somebody has agreed: who asked, who decided, and whether it is in force. */
export abstract class AccessRequest extends MutableEntity {
  @Column({ kind: 'string', description: 'Why it is needed' })
  justification!: string;

  @ToOne(() => User, { description: 'Who asked; null when the account is gone', nullable: true, filter: true })
  requestedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who asked, at that time' })
  requestedByName!: string;

  @Column({ kind: RequestStatus, description: 'Where it stands', filter: true })
  status: RequestStatus = 'PENDING';

  @ToOne(() => Approval, { description: 'The approval that decides on it; null for what came with Signalbox', nullable: true })
  approval: Ref<Approval> | null = null;

  @Column({ kind: 'time', description: 'When it was decided; null before', nullable: true })
  reviewedAt: Date | null = null;

  @ToOne(() => User, { description: 'Who decided; null before, and when the account is gone', nullable: true })
  reviewedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who decided, at that time; null before', nullable: true })
  reviewedByName: string | null = null;

  @Column({ kind: 'string', description: 'Why it was refused; null when it was not', nullable: true })
  rejectionReason: string | null = null;

  @Column({ kind: 'time', description: 'When what was approved was taken back; null when it was not', nullable: true })
  revokedAt: Date | null = null;

  @Computed({
    kind: 'boolean',
    description: 'Whether it allows what was asked for now: it was approved and not taken back',
    needs: ['status', 'revokedAt'],
    sql: (alias) => sql`(${sql.ref(`${alias}.status`)} = 'APPROVED' and ${sql.ref(`${alias}.revoked_at`)} is null)`,
  })
  get isInForce(): boolean {
    return this.status === 'APPROVED' && this.revokedAt === null;
  }
}
