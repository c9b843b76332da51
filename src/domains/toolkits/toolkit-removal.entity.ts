import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';
import { ToolkitOrigin } from './toolkit-origin.js';

/** That a toolkit was uninstalled: as long as this stands, nothing of its slug is installed. */
@Table({
  name: 'ToolkitRemoval',
  type: 34,
  table: 'toolkit_removals',
  description:
    'That a toolkit was uninstalled: until clearToolkitRemoval, neither a start nor a registration nor an upload brings back a toolkit of its slug; seen by holders of toolkit:manage',
  one: 'toolkitRemoval',
  many: 'toolkitRemovals',
  keys: ['slug'],
})
export class ToolkitRemoval extends BaseEntity {
  @Column({ kind: 'string', description: 'Slug of the toolkit that was uninstalled', unique: true, filter: true, order: true })
  slug!: string;

  @Column({ kind: 'string', description: 'Name for people that it had' })
  name!: string;

  @Column({ kind: 'string', description: 'Version that it had' })
  version!: string;

  @Column({ kind: ToolkitOrigin, description: 'Where it came from' })
  origin!: ToolkitOrigin;

  @Column({ kind: 'time', description: 'When it was uninstalled', order: true })
  removedAt!: Date;

  @ToOne(() => User, { description: 'Who uninstalled it; null when that user is gone', nullable: true })
  removedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who uninstalled it, at that time' })
  removedByName!: string;

  @Column({ kind: 'string', nullable: true, description: 'Why, as far as somebody said so' })
  reason: string | null = null;
}
