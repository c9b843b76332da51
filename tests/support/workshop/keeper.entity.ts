import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** Who keeps tools; of a domain of its own, which tools know nothing of. */
@Table({ name: 'Keeper', type: 4011, table: 'keepers', description: 'Who keeps tools', one: 'keeper', many: 'keepers', keys: ['name'] })
export class Keeper extends BaseEntity {
  @Column({ kind: 'string', description: 'Name', unique: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;
}
