import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A right to do one kind of thing. */
@Table({
  name: 'Permission',
  type: 4,
  table: 'permissions',
  description: 'A right to do one kind of thing; seen by whoever is signed in',
  one: 'permission',
  many: 'permissions',
  keys: ['name'],
})
export class Permission extends BaseEntity {
  @Column({ kind: 'string', description: 'Name: resource:action', unique: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'string', description: 'What it allows', nullable: true })
  description: string | null = null;

  @Column({ kind: 'string', description: 'What is acted upon, such as job', filter: true })
  resource!: string;

  @Column({ kind: 'string', description: 'What may be done, such as cancel', filter: true })
  action!: string;
}
