import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';

/** Something that people can set while everything runs. */
@Table({
  name: 'Setting',
  type: 32,
  table: 'settings',
  description:
    'Something that people can set while everything runs; seen by holders of setting:read and of setting:write, a feature flag by whoever is signed in',
  one: 'setting',
  many: 'settings',
  keys: ['key'],
})
export class Setting extends MutableEntity {
  @Column({ kind: 'string', description: 'Name: <domain or toolkit slug>.<name>', unique: true, filter: true, order: true })
  key!: string;

  @Column({ kind: 'string', description: 'What it does' })
  description!: string;

  @Column({ kind: 'json', description: 'JSON Schema (draft 2020-12) of its value' })
  schema!: object;

  @Column({ kind: 'json', description: 'What it is now; null when it is encrypted, or when it has no value', nullable: true })
  value: unknown = null;

  @Column({ kind: 'string', description: 'Its value, sealed, when it is encrypted', nullable: true, secret: true })
  sealedValue: string | null = null;

  @Column({ kind: 'json', description: 'What it is while nobody has set it; null when it has no value then', nullable: true })
  defaultValue: unknown = null;

  @Column({ kind: 'boolean', description: 'Whether its value is a secret, which is stored encrypted and never shown', filter: true })
  isEncrypted!: boolean;

  @Column({ kind: 'boolean', description: 'Whether it switches something on or off', filter: true })
  isFeatureFlag!: boolean;

  @Column({ kind: 'boolean', description: 'Whether nobody has set it, so that its default holds', filter: true })
  isDefault: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether it has a value; tells of a secret that it is set', filter: true })
  hasValue!: boolean;

  @ToOne(() => User, { description: 'Who changed it last; null when nobody did, or when the account is gone', nullable: true })
  updatedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who changed it last, at that time; null when nobody did', nullable: true })
  updatedByName: string | null = null;
}
