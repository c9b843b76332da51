import { PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Column } from './declare/column.js';
import { noteField } from './declare/registry.js';

/** What every entity has: an id that is the same in the database, the API, logs and cursors. */
export abstract class BaseEntity {
  @PrimaryKey({ type: 'uuid' })
  id!: string;
}
noteField(BaseEntity.prototype, {
  is: 'column',
  property: 'id',
  column: 'id',
  kind: 'id',
  description: 'UUID version 7 of this object, unique across all types',
  nullable: false,
  filter: true,
  order: false,
  search: false,
  unique: false,
  hidden: false,
  secret: false,
});

/** An entity that changes: every update raises `revision`, and an update with a stale one is a conflict. */
export abstract class MutableEntity extends BaseEntity {
  @Property({ version: true, type: 'integer', default: 1 })
  revision!: number;

  @Column({ kind: 'time', description: 'Time of creation', order: true })
  createdAt: Date = new Date();

  @Property({ type: 'Date', columnType: 'timestamptz(3)', onUpdate: () => new Date() })
  updatedAt: Date = new Date();
}
noteField(MutableEntity.prototype, {
  is: 'column',
  property: 'revision',
  column: 'revision',
  kind: 'int',
  description: 'Raised by every update; update inputs take it as `expectedRevision`',
  nullable: false,
  filter: false,
  order: false,
  search: false,
  unique: false,
  hidden: false,
  secret: false,
});
noteField(MutableEntity.prototype, {
  is: 'column',
  property: 'updatedAt',
  column: 'updated_at',
  kind: 'time',
  description: 'Time of the last update',
  nullable: false,
  filter: false,
  order: false,
  search: false,
  unique: false,
  hidden: false,
  secret: false,
});
