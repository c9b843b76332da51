import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { Maker } from './maker.entity.js';

/** How good a tong is. */
export const Grade = declareEnum('Grade', 'How good a tong is', { FINE: 'As new', WORN: 'Used', BROKEN: 'Of no use' });
export type Grade = ValueOf<typeof Grade>;

/** A thing with a column of every kind, and a relation of every sort. */
@Table({
  name: 'Tong',
  type: 4003,
  table: 'tongs',
  description: 'A tong',
  one: 'tong',
  many: 'tongs',
  keys: ['serial', 'code', ['shelf', 'slot'], ['whole', 'name']],
})
export class Tong extends MutableEntity {
  @Column({ kind: 'string', description: 'Serial number', unique: true, filter: true, order: true })
  serial!: string;

  @Column({ kind: 'string', description: 'Shelf', filter: true, order: true })
  shelf!: string;

  @Column({ kind: 'int', description: 'Place on the shelf', filter: true, order: true })
  slot!: number;

  @Column({ kind: 'string', description: 'Name', search: true, filter: true, order: true })
  name!: string;

  @Column({ kind: 'string', description: 'What is written on it', nullable: true, search: true })
  motto: string | null = null;

  @Column({ kind: Grade, description: 'How good it is', filter: true, order: true, default: "'FINE'" })
  grade: Grade = 'FINE';

  @Column({ kind: 'float', description: 'Weight in kilograms', nullable: true, filter: true, order: true })
  weight: number | null = null;

  @Column({ kind: 'long', description: 'Turns that it made', nullable: true, filter: true, order: true })
  turns: number | null = null;

  @Column({ kind: 'int', description: 'Cuts that it made', nullable: true, filter: true, order: true })
  cuts: number | null = null;

  @Column({ kind: 'boolean', description: 'Whether it is lent; null when nobody knows', nullable: true, filter: true, order: true })
  isLent: boolean | null = null;

  @Column({ kind: 'time', description: 'When it was bought', nullable: true, filter: true, order: true })
  boughtAt: Date | null = null;

  @Column({ kind: 'id', description: 'Batch that it came in', nullable: true, filter: true })
  batchId: string | null = null;

  @Column({ kind: 'json', description: 'What the maker says', nullable: true })
  spec: unknown = null;

  @Column({ kind: 'int', description: 'Weeks until a new one is there', nullable: true })
  lead: number | null = null;

  @Column({ kind: 'int', description: 'Price', nullable: true, filter: true, order: true })
  price: number | null = null;

  @Column({ kind: 'string', description: 'Code in the books', unique: true, filter: true, order: true })
  code!: string;

  @Column({ kind: 'string', description: 'Number that unlocks it', nullable: true, secret: true })
  pin: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether only superusers see it', hidden: true, default: 'false' })
  isHidden: boolean = false;

  // The lending domain makes it a relation as well.
  @Column({ kind: 'id', description: 'Id of who keeps it', nullable: true, filter: true })
  keeperId: string | null = null;

  @ToOne(() => Maker, {
    description: 'Who made it',
    nullable: true,
    filter: true,
    inverse: { name: 'tongs', description: 'Tongs that it made', filter: true },
  })
  maker: Ref<Maker> | null = null;

  @ToOne(() => Maker, {
    description: 'Who sold it',
    nullable: true,
    filter: true,
    inverse: { name: 'sold', description: 'Tongs that it sold', filter: true },
  })
  seller: Ref<Maker> | null = null;

  @ToOne(() => Tong, {
    description: 'Tong that it is a part of',
    nullable: true,
    filter: true,
    inverse: { name: 'parts', description: 'Its parts', filter: true },
  })
  whole: Ref<Tong> | null = null;

  @Computed({ kind: 'string', description: 'Serial number and name', needs: ['serial', 'name'] })
  get label(): string {
    return `${this.serial} ${this.name}`;
  }

  @Computed({ kind: 'int', description: 'Year in which it was bought', nullable: true, needs: ['boughtAt'] })
  get boughtIn(): number | null {
    return this.boughtAt && this.boughtAt.getUTCFullYear();
  }

  @Computed({
    kind: 'boolean',
    description: 'Whether it weighs more than ten kilograms',
    needs: ['weight'],
    sql: (alias) => sql`coalesce(${sql.ref(`${alias}.weight`)} > 10, false)`,
  })
  get isHeavy(): boolean {
    return this.weight !== null && this.weight > 10;
  }

  @Computed({ kind: 'string', description: 'First letter of the code', needs: ['code'] })
  get book(): string {
    return this.code.slice(0, 1);
  }

  @Computed({
    kind: 'boolean',
    description: 'Whether it costs more than a hundred',
    needs: ['price'],
    sql: (alias) => sql`coalesce(${sql.ref(`${alias}.price`)} > 100, false)`,
  })
  get isDear(): boolean {
    return this.price !== null && this.price > 100;
  }
}
