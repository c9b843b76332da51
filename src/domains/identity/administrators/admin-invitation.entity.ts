import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { AdminRoleName } from './admin-role.entity.js';
import { User } from '../users/user.entity.js';

/** That somebody was invited to become an administrator. */
@Table({
  name: 'AdminInvitation',
  type: 18,
  table: 'admin_invitations',
  description: 'That somebody was invited to become an administrator; seen by who sent it and by holders of user:read',
  one: 'adminInvitation',
  many: 'adminInvitations',
})
export class AdminInvitation extends MutableEntity {
  @Column({ kind: 'string', description: 'Email address of who is invited', filter: true })
  email!: string;

  @Column({ kind: 'string', description: 'Sign-in name that is meant for them; null leaves it to them', nullable: true })
  handle: string | null = null;

  @Column({ kind: AdminRoleName, description: 'Role that they get', default: `'VIEWER'`, filter: true })
  role: AdminRoleName = 'VIEWER';

  @ToOne(() => User, {
    description: 'Who sent it; null when that user is gone, and then it cannot be accepted',
    nullable: true,
    filter: true,
    inverse: { name: 'sentInvitations', description: 'Invitations that the user sent' },
  })
  invitedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who sent it, at that time' })
  invitedByName!: string;

  @Column({ kind: 'time', description: 'Until when it can be accepted', filter: true, order: true })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When it was accepted; null while it was not', nullable: true, filter: true, order: true })
  acceptedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it was revoked; null when it was not', nullable: true, filter: true })
  revokedAt: Date | null = null;

  @Computed({
    kind: 'boolean',
    description: 'Whether it can still be accepted: it was neither accepted nor revoked, and its time is not over',
    needs: ['expiresAt', 'acceptedAt', 'revokedAt'],
  })
  get isPending(): boolean {
    return this.acceptedAt === null && this.revokedAt === null && this.expiresAt.getTime() > Date.now();
  }
}
