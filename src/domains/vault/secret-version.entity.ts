import type { Ref } from '@mikro-orm/core';
import { Index, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Secret } from './secret.entity.js';

/** A value that a secret has or had. */
@Table({
  name: 'SecretVersion',
  type: 52,
  table: 'secret_versions',
  description: 'A value that a secret has or had, which is never shown; seen by whoever sees the secret',
})
@Unique({ properties: ['secret', 'versionNumber'] })
@Index({
  name: 'secret_versions_active',
  expression: `create unique index "secret_versions_active" on "secret_versions" ("secret_id") where "is_active"`,
})
export class SecretVersion extends BaseEntity {
  @ToOne(() => Secret, {
    description: 'Secret',
    onDelete: 'cascade',
    inverse: { name: 'versions', description: 'Values that it has and had, which are never shown' },
  })
  secret!: Ref<Secret>;

  @Column({ kind: 'int', description: 'Number among the versions of its secret, from 1 without a gap' })
  versionNumber!: number;

  @Column({ kind: 'string', description: 'The value, sealed', secret: true })
  sealedValue!: string;

  @Column({ kind: 'string', description: 'Id of the encryption key that it is sealed with', filter: true })
  encryptionKeyId!: string;

  @ToOne(() => User, {
    description: 'Who set it; null when that user is gone',
    nullable: true,
    inverse: { name: 'createdSecretVersions', description: 'Values of secrets that the user set, which are never shown' },
  })
  createdBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who set it, at that time' })
  createdByName!: string;

  @Column({ kind: 'string', description: 'Why it took the place of the one before; null when nobody said', nullable: true })
  rotationReason: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether it is the present value of its secret' })
  isActive!: boolean;

  @Column({ kind: 'time', description: 'When it was set', order: true })
  createdAt!: Date;
}
