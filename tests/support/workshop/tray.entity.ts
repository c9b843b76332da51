import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** What samples lie on. */
@Table({ name: 'Tray', type: 4009, table: 'trays', description: 'What samples lie on', one: 'tray', many: 'trays', keys: ['name'] })
export class Tray extends BaseEntity {
  @Column({ kind: 'string', description: 'Name', unique: true, order: true })
  name!: string;
}
