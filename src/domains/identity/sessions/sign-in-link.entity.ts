import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** A link that signs a browser in once. */
@Table({ type: 10, table: 'sign_in_links', description: 'Links that sign a browser in once' })
export class SignInLink extends BaseEntity {
  @ToOne(() => User, { description: 'Whom it signs in', onDelete: 'cascade' })
  user!: Ref<User>;

  @Column({ kind: 'string', description: 'SHA-256 of the token in the link', unique: true, secret: true })
  tokenHash!: string;

  @Column({ kind: 'time', description: 'Until when it can be used' })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When it was used', nullable: true })
  usedAt: Date | null = null;
}
