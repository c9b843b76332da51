import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { OutboxEntity } from '#core/post/outbox-entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Approval } from './approval.entity.js';

/** What approvers are told of. */
export const NoticeOccasion = declareEnum('NoticeOccasion', 'What approvers are told of', {
  REQUESTED: 'Something was asked for',
  ESCALATED: 'Something has waited for long',
});
export type NoticeOccasion = ValueOf<typeof NoticeOccasion>;

/** That somebody is told of an approval: what is still to be sent, and what was. */
@Table({ type: 56, table: 'approval_notices', description: 'Notices to approvers' })
@Index({
  name: 'approval_notices_due',
  expression: `create index "approval_notices_due" on "approval_notices" ("next_attempt_at") where "next_attempt_at" is not null`,
})
export class ApprovalNotice extends OutboxEntity {
  @ToOne(() => Approval, { description: 'Approval' })
  approval!: Ref<Approval>;

  @Column({ kind: NoticeOccasion, description: 'What they are told of' })
  occasion!: NoticeOccasion;

  @ToOne(() => User, { description: 'Who is told, by the address that they have then', nullable: true, onDelete: 'cascade' })
  user: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Email address of who is told, when that is no user', nullable: true })
  recipient: string | null = null;
}
