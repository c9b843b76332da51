import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Grade } from './tong.entity.js';
import { Tray } from './tray.entity.js';

/** A row with few values in many columns, for orders. */
@Table({ name: 'Sample', type: 4008, table: 'samples', description: 'A row for orders', many: 'samples' })
export class Sample extends BaseEntity {
  @Column({ kind: 'string', description: 'A text', order: true })
  text!: string;

  @Column({ kind: 'string', description: 'A text or null', nullable: true, order: true, filter: true })
  maybeText: string | null = null;

  @Column({ kind: 'int', description: 'A number', order: true })
  int!: number;

  @Column({ kind: 'int', description: 'A number or null', nullable: true, order: true })
  maybeInt: number | null = null;

  @Column({ kind: 'long', description: 'A large number or null', nullable: true, order: true })
  maybeLong: number | null = null;

  @Column({ kind: 'float', description: 'A fraction or null', nullable: true, order: true })
  maybeFloat: number | null = null;

  @Column({ kind: 'boolean', description: 'A truth value or null', nullable: true, order: true })
  maybeBoolean: boolean | null = null;

  @Column({ kind: 'time', description: 'A time or null', nullable: true, order: true })
  maybeTime: Date | null = null;

  @Column({ kind: 'id', description: 'An id or null', nullable: true, order: true })
  maybeId: string | null = null;

  @Column({ kind: Grade, description: 'A grade', order: true })
  grade!: Grade;

  @ToOne(() => Tray, { description: 'Tray', nullable: true, inverse: { name: 'samples', description: 'Samples on it' } })
  tray: Ref<Tray> | null = null;
}
