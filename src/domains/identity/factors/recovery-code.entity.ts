import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** A code that stands in for a second factor once. */
@Table({ type: 38, table: 'recovery_codes', description: 'Codes that stand in for a second factor once' })
export class RecoveryCode extends BaseEntity {
  @ToOne(() => User, { description: 'Whose it is', onDelete: 'cascade' })
  user!: Ref<User>;

  @Column({ kind: 'string', description: 'SHA-256 of the code', unique: true, secret: true })
  codeHash!: string;

  @Column({ kind: 'time', description: 'When it was used', nullable: true })
  usedAt: Date | null = null;
}
