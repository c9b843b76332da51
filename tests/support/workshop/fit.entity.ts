import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Tool } from './tool.entity.js';

/** That one tool fits on another; only a link, no type of the graph. */
@Table({
  type: 4007,
  table: 'fits',
  description: 'That one tool fits on another',
  links: [
    { from: 'tool', to: 'other', name: 'fits', description: 'Tools that it fits on', filter: true },
    { from: 'other', to: 'tool', name: 'takes', description: 'Tools that fit on it', filter: true },
  ],
})
@Unique({ properties: ['tool', 'other'] })
export class Fit extends BaseEntity {
  @ToOne(() => Tool, { description: 'What fits', onDelete: 'cascade' })
  tool!: Ref<Tool>;

  @ToOne(() => Tool, { description: 'What it fits on', onDelete: 'cascade' })
  other!: Ref<Tool>;
}
