import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A word for tongs. */
@Table({ name: 'Tag', type: 4005, table: 'tags', description: 'A word for tongs', one: 'tag', many: 'tags', keys: ['word'] })
export class Tag extends BaseEntity {
  @Column({ kind: 'string', description: 'Word', unique: true, filter: true, order: true })
  word!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;
}
