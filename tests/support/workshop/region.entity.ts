import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';

/** A part of the world, within a larger one. */
@Table({ name: 'Region', type: 4001, table: 'regions', description: 'A part of the world', one: 'region', many: 'regions', keys: ['name'] })
export class Region extends BaseEntity {
  @Column({ kind: 'string', description: 'Name', unique: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;

  @ToOne(() => Region, {
    description: 'Region that it lies in',
    nullable: true,
    filter: true,
    inverse: { name: 'regions', description: 'Regions that lie in it', filter: true },
  })
  within: Ref<Region> | null = null;
}
