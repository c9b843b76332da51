import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A named set of permissions. */
@Table({
  name: 'Role',
  type: 3,
  table: 'roles',
  description: 'A named set of permissions; seen by whoever is signed in',
  one: 'role',
  many: 'roles',
  keys: ['slug'],
})
export class Role extends MutableEntity {
  @Column({ kind: 'string', description: 'Short name, unique and case-sensitive', unique: true, filter: true, order: true })
  slug!: string;

  @Column({ kind: 'string', description: 'Name for people' })
  name!: string;

  @Column({ kind: 'string', description: 'What the role is for', nullable: true })
  description: string | null = null;
}
