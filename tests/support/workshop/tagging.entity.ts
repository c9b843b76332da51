import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Tag } from './tag.entity.js';
import { Tong } from './tong.entity.js';

/** That a tag was put on a tong; a type of the graph itself. */
@Table({
  name: 'Tagging',
  type: 4006,
  table: 'taggings',
  description: 'That a tag was put on a tong',
  many: 'taggings',
  links: [
    { from: 'tong', to: 'tag', name: 'tags', description: 'Tags that were put on it', filter: true },
    { from: 'tag', to: 'tong', name: 'tongs', description: 'Tongs that it was put on', filter: true },
  ],
})
@Unique({ properties: ['tong', 'tag'] })
export class Tagging extends BaseEntity {
  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;

  @ToOne(() => Tong, { description: 'Tong', onDelete: 'cascade', filter: true })
  tong!: Ref<Tong>;

  @ToOne(() => Tag, { description: 'Tag', onDelete: 'cascade', filter: true })
  tag!: Ref<Tag>;
}
