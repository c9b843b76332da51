import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** The second factor of a user: a secret from which an app makes codes (RFC 6238). */
@Table({ type: 37, table: 'totps', description: 'Second factors: secrets from which apps make codes' })
export class Totp extends BaseEntity {
  @ToOne(() => User, { description: 'Whose it is', onDelete: 'cascade', unique: true })
  user!: Ref<User>;

  @Column({ kind: 'string', description: 'Sealed secret, in base32', secret: true })
  sealedSecret!: string;

  @Column({ kind: 'time', description: 'When a code of it was shown for the first time; it counts from then on', nullable: true })
  confirmedAt: Date | null = null;

  @Column({ kind: 'long', description: 'Time step of the last code that was taken; that one and earlier ones are refused', default: '0' })
  lastStep: number = 0;

  @Column({ kind: 'int', description: 'Wrong codes since the last right one', default: '0' })
  failures: number = 0;

  @Column({ kind: 'time', description: 'Until when no code is taken', nullable: true })
  lockedUntil: Date | null = null;
}
