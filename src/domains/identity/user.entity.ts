import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';

/** A person who signs in. */
@Table({
  name: 'User',
  type: 2,
  table: 'users',
  description: 'A person who signs in; seen by themselves and by holders of user:read',
  one: 'user',
  many: 'users',
  keys: ['username'],
})
export class User extends MutableEntity {
  @Column({ kind: 'string', description: 'Sign-in name, unique and case-sensitive', unique: true, filter: true, order: true })
  username!: string;

  @Column({ kind: 'string', description: 'Email address, unique; null when none is known', nullable: true, unique: true, filter: true })
  email: string | null = null;

  @Column({ kind: 'string', description: 'Full name; null when none is known', nullable: true })
  fullName: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether the user may sign in', default: 'true', filter: true })
  isActive: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether the user passes every permission check', default: 'false', filter: true })
  isSuperuser: boolean = false;

  @Column({ kind: 'boolean', description: 'Whether the email address was confirmed', default: 'false' })
  isVerified: boolean = false;

  @Column({ kind: 'time', description: 'Time of the last sign-in; null before the first', nullable: true })
  lastLoginAt: Date | null = null;

  @Column({ kind: 'int', description: 'Raised when the password changes, which ends every earlier token', default: '1' })
  passwordVersion: number = 1;

  @Column({ kind: 'string', description: 'Argon2id hash; null while the user has no password', nullable: true, secret: true })
  passwordHash: string | null = null;

  @ToOne(() => User, {
    description: 'Who created the account',
    nullable: true,
    inverse: { name: 'createdUsers', description: 'Accounts that the user created' },
  })
  createdBy: Ref<User> | null = null;
}
