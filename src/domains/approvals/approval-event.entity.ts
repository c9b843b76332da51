import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { encodeCursor } from '#core/feed/cursor.js';
import { sequencedStream } from '#core/feed/streams.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Approval, ApprovalKind } from './approval.entity.js';
import { RiskLevel } from './risk-level.js';

/** What happened to an approval. */
export const ApprovalAction = declareEnum('ApprovalAction', 'What happened to an approval', {
  REQUESTED: 'Somebody asked for it',
  PARTLY_APPROVED: 'Somebody agreed, and it waits for others who have to agree too',
  APPROVED: 'It was approved: as many as were needed agreed',
  REJECTED: 'It was rejected',
  EXPIRED: 'Nobody decided in time',
  CANCELLED: 'It is not needed any more',
  ESCALATED: 'It has waited for long, and will expire',
});
export type ApprovalAction = ValueOf<typeof ApprovalAction>;

/** One thing that happened to an approval. */
@Table({
  name: 'ApprovalEvent',
  type: 55,
  table: 'approval_events',
  description: 'One thing that happened to an approval; seen by whoever sees the approval',
  many: 'approvalEvents',
  streams: [{ column: 'position' }],
  pointers: [{ name: 'subject', key: 'subjectId', type: 'subjectType', description: 'What is or was to be approved' }],
})
export class ApprovalEvent extends BaseEntity {
  @ToOne(() => Approval, {
    description: 'Approval',
    filter: true,
    inverse: { name: 'events', description: 'What happened to it, oldest first' },
  })
  approval!: Ref<Approval>;

  @Column({ kind: 'long', description: 'Place among the events of its approval, from 1 without a gap', hidden: true })
  seq!: number;

  @Column({ kind: 'long', description: 'Place in the order of everything', nullable: true, hidden: true })
  position: number | null = null;

  @Column({ kind: ApprovalKind, description: 'What kind of thing is to be approved', filter: true })
  kind!: ApprovalKind;

  @Column({ kind: ApprovalAction, description: 'What happened', filter: true })
  action!: ApprovalAction;

  @Column({ kind: RiskLevel, description: 'How much harm what is to be approved can do', filter: true })
  riskLevel!: RiskLevel;

  @Column({ kind: 'string', description: 'Type of what is to be approved' })
  subjectType!: string;

  @Column({ kind: 'id', description: 'Id of what is to be approved, also when that is gone', filter: true })
  subjectId!: string;

  @ToOne(() => User, { description: 'Who did it; null for Signalbox', nullable: true, filter: true })
  actor: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who did it, at that time', filter: true })
  actorName!: string;

  @Column({ kind: 'time', description: 'When it happened, by the clock of the database', filter: true })
  createdAt!: Date;

  @Computed({
    kind: 'string',
    description: 'Its place in the feed: pass it as `after` to go on behind it; null for the moment before it has one',
    nullable: true,
    needs: ['position'],
  })
  get cursor(): string | null {
    return this.position === null ? null : encodeCursor({ [sequencedStream]: this.position });
  }
}
