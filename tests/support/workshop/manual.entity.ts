import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Tong } from './tong.entity.js';

/** The one manual of a tong. */
@Table({ name: 'Manual', type: 4004, table: 'manuals', description: 'The manual of a tong', one: 'manual', many: 'manuals' })
export class Manual extends BaseEntity {
  @Column({ kind: 'string', description: 'Title', filter: true, order: true })
  title!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;

  @ToOne(() => Tong, {
    description: 'Tong that it is about',
    unique: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'manual', description: 'Its manual', filter: true },
  })
  tong!: Ref<Tong>;

  @ToOne(() => Manual, {
    description: 'What it was translated from',
    nullable: true,
    unique: true,
    filter: true,
    inverse: { name: 'translation', description: 'Its translation' },
  })
  original: Ref<Manual> | null = null;

  @Column({ kind: 'id', description: 'Id of who has it', nullable: true, unique: true })
  ownerId: string | null = null;
}
