import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Sample } from './sample.entity.js';
import { Tray } from './tray.entity.js';

/** That a sample was picked for a tray. */
@Table({
  type: 4010,
  table: 'picks',
  description: 'That a sample was picked for a tray',
  links: [
    { from: 'tray', to: 'sample', name: 'picks', description: 'Samples that were picked for it' },
    { from: 'sample', to: 'tray', name: 'pickedFor', description: 'Trays that it was picked for' },
  ],
})
@Unique({ properties: ['tray', 'sample'] })
export class Pick extends BaseEntity {
  @ToOne(() => Tray, { description: 'Tray', onDelete: 'cascade' })
  tray!: Ref<Tray>;

  @ToOne(() => Sample, { description: 'Sample', onDelete: 'cascade' })
  sample!: Ref<Sample>;
}
