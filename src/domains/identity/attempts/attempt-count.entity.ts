import { Index } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** How often something was tried under one key without success. */
@Table({
  type: 42,
  table: 'attempt_counts',
  description: 'How often something was tried without success, such as a sign-in under one name or from one address',
})
@Index({ properties: ['lastAt'] } as never)
export class AttemptCount extends BaseEntity {
  @Column({ kind: 'string', description: 'SHA-256 of what is tried and of the name or address', unique: true })
  key!: string;

  @Column({ kind: 'int', description: 'How many tries were taken' })
  tries!: number;

  @Column({ kind: 'time', description: 'When the last one was taken' })
  lastAt!: Date;

  @Column({ kind: 'boolean', description: 'Whether it was recorded that the next one came too early', default: 'false' })
  isTold!: boolean;
}
