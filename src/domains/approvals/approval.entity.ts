import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { User } from '#domains/identity/users/user.entity.js';
import { RiskLevel } from './risk-level.js';

/** What waits for a human. */
export const ApprovalKind = declareEnum('ApprovalKind', 'What waits for a human', {
  TOOL_PUBLICATION: 'That a tool may be used',
  TOOL_EXECUTION: 'That a tool is run with certain parameters',
  NETWORK_ACCESS: 'That tools may reach a host',
  MODULE: 'That tools may import a module',
  TOPOLOGY: 'That a topology may be used',
  BOOKING: 'That a device is booked whose owner must agree',
  PLUGIN_PERMISSION: 'That a plugin gets a permission',
});
export type ApprovalKind = ValueOf<typeof ApprovalKind>;

/** Where an approval stands. */
export const ApprovalStatus = declareEnum('ApprovalStatus', 'Where an approval stands; all but PENDING are final', {
  PENDING: 'It waits for a decision',
  APPROVED: 'As many as were needed agreed',
  REJECTED: 'Somebody said no',
  EXPIRED: 'Nobody decided in time',
  CANCELLED: 'It is not needed any more, such as when its subject has changed',
});
export type ApprovalStatus = ValueOf<typeof ApprovalStatus>;

/** Something that waits for a human, or waited: what was asked for, by whom, and what was decided. */
@Table({
  name: 'Approval',
  type: 53,
  table: 'approvals',
  description:
    'Something that waits for a human, or waited; seen by who asked for it, by who decides or decided on it, and by holders of approval:read',
  one: 'approval',
  many: 'approvals',
  pointers: [{ name: 'subject', key: 'subjectId', type: 'subjectType', description: 'What is to be approved' }],
  extracts: [
    {
      name: 'approvalQueue',
      description: 'What waits for a decision and has not expired, as far as the caller may see it',
      where: (alias) =>
        sql`${sql.ref(`${alias}.status`)} = 'PENDING' and (${sql.ref(`${alias}.expires_at`)} is null or ${sql.ref(`${alias}.expires_at`)} > now())`,
    },
  ],
})
@Index({
  name: 'approvals_one_pending',
  expression: `create unique index "approvals_one_pending" on "approvals" ("kind", "subject_id") where "status" = 'PENDING'`,
})
@Index({
  name: 'approvals_queue',
  expression: `create index "approvals_queue" on "approvals" ("created_at", "id") where "status" = 'PENDING'`,
})
@Index({
  name: 'approvals_expiring',
  expression: `create index "approvals_expiring" on "approvals" ("expires_at", "id") where "status" = 'PENDING'`,
})
export class Approval extends MutableEntity {
  @Column({ kind: ApprovalKind, description: 'What kind of thing is to be approved', filter: true, order: true })
  kind!: ApprovalKind;

  @Column({ kind: ApprovalStatus, description: 'Where it stands', filter: true })
  status: ApprovalStatus = 'PENDING';

  @Column({ kind: 'string', description: 'Type of what is to be approved' })
  subjectType!: string;

  @Column({ kind: 'id', description: 'Id of what is to be approved, also when that is gone', filter: true })
  subjectId!: string;

  @Column({ kind: 'string', description: 'Name of what is to be approved, at that time', filter: true })
  subjectName!: string;

  @ToOne(() => User, {
    description: 'Who asked for it; never decides on it',
    nullable: true,
    filter: true,
    inverse: { name: 'requestedApprovals', description: 'What the user asked to be approved' },
  })
  requester: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who asked for it, at that time', filter: true })
  requesterName!: string;

  @Column({ kind: RiskLevel, description: 'How much harm it can do', filter: true })
  riskLevel!: RiskLevel;

  @Column({ kind: 'json', description: 'What speaks for that risk; null when nothing was said of it', nullable: true })
  riskAssessment: object | null = null;

  @Column({ kind: 'string', description: 'Why it is needed; null when nothing was said', nullable: true })
  justification: string | null = null;

  @Column({ kind: 'string', description: 'Digest of what is to be approved; a decision names it, and so says what was seen' })
  digest!: string;

  @Column({ kind: 'int', description: 'How many different people have to agree' })
  requiredDecisions!: number;

  @Column({ kind: 'boolean', description: 'Whether at least two different people have to agree', default: 'false' })
  requiresElevatedApproval: boolean = false;

  @Column({ kind: 'string', description: 'What the approver is asked; null when nothing', nullable: true })
  question: string | null = null;

  @Column({
    kind: 'json',
    description: 'JSON Schema of the answer that an approval has to give; null when it takes none',
    nullable: true,
    keepsOrder: true,
  })
  answerSchema: object | null = null;

  @Column({ kind: 'json', description: 'What the approvers answered; null before, and when nothing was asked', nullable: true })
  answer: unknown = null;

  @ToOne(() => User, { description: 'Who decided last', nullable: true, filter: true })
  approver: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who decided last, at that time; null before the first decision', nullable: true })
  approverName: string | null = null;

  @Column({ kind: 'string', description: 'What was said when it was approved; null when nothing was', nullable: true })
  approvalComment: string | null = null;

  @Column({ kind: 'string', description: 'Why it was rejected, or cancelled; null when it was neither', nullable: true })
  rejectionReason: string | null = null;

  @Column({ kind: 'time', description: 'When it was asked for', filter: true, order: true })
  requestedAt!: Date;

  @Column({
    kind: 'time',
    description: 'When it was approved, rejected or cancelled, or expired; null before',
    nullable: true,
    filter: true,
  })
  respondedAt: Date | null = null;

  @Column({
    kind: 'time',
    description: 'Until when it can be decided; null when it does not expire',
    nullable: true,
    filter: true,
    order: true,
  })
  expiresAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it had waited for so long that it was escalated; null before', nullable: true, filter: true })
  escalatedAt: Date | null = null;

  @Computed({
    kind: 'boolean',
    description: 'Whether it was approved (true) or rejected (false); null as long as nobody has decided, and when nobody ever did',
    nullable: true,
    needs: ['status'],
  })
  get isApproved(): boolean | null {
    return this.status === 'APPROVED' ? true : this.status === 'REJECTED' ? false : null;
  }

  @Computed({ kind: 'boolean', description: 'Whether it can still be decided', needs: ['status', 'expiresAt'] })
  get isPending(): boolean {
    return this.status === 'PENDING' && !isPast(this.expiresAt);
  }

  @Computed({
    kind: 'boolean',
    description: 'Whether nobody decided in time; true from the moment of its expiry on',
    needs: ['status', 'expiresAt'],
  })
  get isExpired(): boolean {
    return this.status === 'EXPIRED' || (this.status === 'PENDING' && isPast(this.expiresAt));
  }
}

const isPast = (time: Date | null): boolean => time !== null && time.getTime() <= Date.now();
