import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** Who keeps tongs; of a domain of its own, which tongs know nothing of. */
@Table({ name: 'Keeper', type: 4011, table: 'keepers', description: 'Who keeps tongs', one: 'keeper', many: 'keepers', keys: ['name'] })
export class Keeper extends BaseEntity {
  @Column({ kind: 'string', description: 'Name', unique: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;
}
