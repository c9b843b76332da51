import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { OutboxEntity } from '#core/post/outbox-entity.js';
import { AdminInvitation } from '../administrators/admin-invitation.entity.js';
import { User } from '../users/user.entity.js';

/** What a notice is for. */
export const NoticeKind = declareEnum('NoticeKind', 'What a notice about an account is for', {
  VERIFY_EMAIL: 'Confirms the address of somebody who registered',
  RESET_PASSWORD: 'Lets somebody set a new password',
  INVITATION: 'Lets somebody accept an invitation',
  ADDRESS_TAKEN: 'Says that somebody registered with an address that has an account',
  NAME_TAKEN: 'Says that the name which somebody wanted to register is taken',
});
export type NoticeKind = ValueOf<typeof NoticeKind>;

/** Something that somebody is told about an account, mostly with a link that can be used once: what is still to be sent, and what was. */
@Table({ type: 19, table: 'account_notices', description: 'Notices about accounts, mostly with a link that can be used once' })
@Index({
  name: 'account_notices_due',
  expression: `create index "account_notices_due" on "account_notices" ("next_attempt_at") where "next_attempt_at" is not null`,
})
@Index({ properties: ['recipient', 'createdAt'] })
export class AccountNotice extends OutboxEntity {
  @Column({ kind: NoticeKind, description: 'What it is for' })
  kind!: NoticeKind;

  @Column({ kind: 'string', description: 'Email address, or what somebody gave as theirs' })
  recipient!: string;

  @ToOne(() => User, { description: 'Whose account it is about', nullable: true, onDelete: 'cascade' })
  user: Ref<User> | null = null;

  @ToOne(() => AdminInvitation, { description: 'Invitation that its link accepts', nullable: true, onDelete: 'cascade' })
  invitation: Ref<AdminInvitation> | null = null;

  @Column({ kind: 'string', description: 'SHA-256 of the token in the link', nullable: true, unique: true, secret: true })
  tokenHash: string | null = null;

  @Column({ kind: 'time', description: 'Until when the link can be used' })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When the link was used', nullable: true })
  usedAt: Date | null = null;
}
