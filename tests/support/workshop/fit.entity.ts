import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Tong } from './tong.entity.js';

/** That one tong fits on another; only a link, no type of the graph. */
@Table({
  type: 4007,
  table: 'fits',
  description: 'That one tong fits on another',
  links: [
    { from: 'tong', to: 'other', name: 'fits', description: 'Tongs that it fits on', filter: true },
    { from: 'other', to: 'tong', name: 'takes', description: 'Tongs that fit on it', filter: true },
  ],
})
@Unique({ properties: ['tong', 'other'] })
export class Fit extends BaseEntity {
  @ToOne(() => Tong, { description: 'What fits', onDelete: 'cascade' })
  tong!: Ref<Tong>;

  @ToOne(() => Tong, { description: 'What it fits on', onDelete: 'cascade' })
  other!: Ref<Tong>;
}
