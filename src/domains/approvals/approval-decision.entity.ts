import type { Ref } from '@mikro-orm/core';
import { Index, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Approval } from './approval.entity.js';

/** What somebody says to what waits. */
export const ApprovalVerdict = declareEnum('ApprovalVerdict', 'What somebody says to what waits', {
  APPROVED: 'Yes',
  REJECTED: 'No; one is enough to end it',
});
export type ApprovalVerdict = ValueOf<typeof ApprovalVerdict>;

/** What one person decided on an approval; it never changes and is never deleted. */
@Table({
  name: 'ApprovalDecision',
  type: 54,
  table: 'approval_decisions',
  description: 'What one person decided on an approval; it never changes and is never deleted, and is seen with the approval',
  many: 'approvalDecisions',
  links: [{ from: 'approver', to: 'approval', name: 'decidedApprovals', description: 'What the user decided on' }],
})
@Unique({ properties: ['approval', 'approver'] })
@Index({ properties: ['approver', 'decidedAt'] })
export class ApprovalDecision extends BaseEntity {
  @ToOne(() => Approval, {
    description: 'Approval',
    filter: true,
    inverse: { name: 'decisions', description: 'What people decided on it, oldest first' },
  })
  approval!: Ref<Approval>;

  @ToOne(() => User, { description: 'Who decided', nullable: true, filter: true })
  approver: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who decided, at that time', filter: true })
  approverName!: string;

  @Column({ kind: ApprovalVerdict, description: 'What they said', filter: true })
  verdict!: ApprovalVerdict;

  @Column({ kind: 'string', description: 'What they had to say about it; of a rejection, why', nullable: true })
  comment: string | null = null;

  @Column({ kind: 'string', description: 'Digest of what they saw' })
  digest!: string;

  @Column({ kind: 'time', description: 'When they decided, by the clock of the database', filter: true, order: true })
  decidedAt!: Date;
}
