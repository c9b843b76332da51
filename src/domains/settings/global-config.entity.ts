import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** What holds for the whole installation; there is one. */
@Table({
  name: 'GlobalConfig',
  type: 33,
  table: 'global_configs',
  description: 'What holds for the whole installation; there is one, seen by whoever is signed in',
})
export class GlobalConfig extends MutableEntity {
  @Column({ kind: 'string', description: 'Always "main"', unique: true })
  configKey!: string;

  @Column({
    kind: 'string',
    list: true,
    description: 'Python modules that code in a sandbox may import: exactly those of the approved requests that are not revoked',
  })
  allowedModules!: string[];
}
