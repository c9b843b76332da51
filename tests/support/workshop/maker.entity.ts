import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Region } from './region.entity.js';

/** Who makes tongs. */
@Table({ name: 'Maker', type: 4002, table: 'makers', description: 'Who makes tongs', one: 'maker', many: 'makers', keys: ['name'] })
export class Maker extends BaseEntity {
  @Column({ kind: 'string', description: 'Name', unique: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;

  @ToOne(() => Region, {
    description: 'Where it sits',
    nullable: true,
    filter: true,
    inverse: { name: 'makers', description: 'Makers in the region', filter: true },
  })
  region: Ref<Region> | null = null;

  // The lending domain makes it a relation; the plain id is not shown.
  @Column({ kind: 'id', description: 'Whom to ask', nullable: true, hidden: true })
  contactId: string | null = null;
}
