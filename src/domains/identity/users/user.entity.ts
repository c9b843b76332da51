import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
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
@Index({
  name: 'users_legacy_cost',
  expression: `create index "users_legacy_cost" on "users" (substr("password_hash", 5, 2)) where "password_hash" like '$2%'`,
})
@Index({ name: 'users_lower_email', expression: `create index "users_lower_email" on "users" (lower("email"))` })
export class User extends MutableEntity {
  @Column({ kind: 'string', description: 'Sign-in name, unique and case-sensitive', unique: true, filter: true, order: true })
  username!: string;

  @Column({ kind: 'string', description: 'Email address, unique; null when none is known', nullable: true, unique: true, filter: true })
  email: string | null = null;

  @Column({ kind: 'string', description: 'Full name; null when none is known', nullable: true })
  fullName: string | null = null;

  @Column({ kind: 'string', description: 'Id at Discord, unique; null when none is known', nullable: true, unique: true })
  discordId: string | null = null;

  @Column({ kind: 'string', description: 'View that a UI opens for the user; null for its own choice', nullable: true })
  defaultView: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether a UI shows the user that view only, as on a tablet on the wall', default: 'false' })
  singleViewMode: boolean = false;

  @Column({ kind: 'json', description: 'Whatever else is to be known of the user; never holds a secret', default: `'{}'` })
  metadata: object = {};

  @Column({ kind: 'boolean', description: 'Whether the user may sign in', default: 'true', filter: true })
  isActive: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether the user passes every permission check', default: 'false', filter: true })
  isSuperuser: boolean = false;

  @Column({ kind: 'boolean', description: 'Whether the email address was confirmed', default: 'false' })
  isVerified: boolean = false;

  @Column({
    kind: 'boolean',
    description: 'Whether the owner of the address showed by a mailed link, or by a provider, that it is theirs',
    default: 'false',
    hidden: true,
  })
  hasProvenEmail: boolean = false;

  @Column({
    kind: 'boolean',
    description: 'Whether a sign-in waits for that: the user registered themselves',
    default: 'false',
    hidden: true,
  })
  mustVerify: boolean = false;

  @Column({ kind: 'time', description: 'Time of the last sign-in; null before the first', nullable: true })
  lastLoginAt: Date | null = null;

  @Column({ kind: 'int', description: 'Raised when the password changes, which ends every earlier token', default: '1' })
  passwordVersion: number = 1;

  @Column({
    kind: 'string',
    description: 'Argon2id hash, or one of another system until the next sign-in; null while the user has no password',
    nullable: true,
    secret: true,
  })
  passwordHash: string | null = null;

  @ToOne(() => User, {
    description: 'Who created the account',
    nullable: true,
    inverse: { name: 'createdUsers', description: 'Accounts that the user created' },
  })
  createdBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who created the account, at that time; null when Signalbox did', nullable: true })
  createdByName: string | null = null;
}
