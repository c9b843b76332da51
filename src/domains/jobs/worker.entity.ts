import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A process that runs jobs. */
@Table({
  name: 'Worker',
  type: 23,
  table: 'workers',
  description: 'A process that runs jobs; seen by holders of job:read',
  many: 'workers',
})
export class Worker extends BaseEntity {
  @Column({ kind: 'int', description: 'Number of the lock that its living session holds', hidden: true, unique: true })
  number!: number;

  @Column({ kind: 'string', description: 'Host and process id' })
  name!: string;

  @Column({ kind: 'time', description: 'When it started', order: true })
  startedAt: Date = new Date();

  @Column({ kind: 'time', description: 'When it stopped or was found dead; null while it lives', nullable: true, filter: true })
  stoppedAt: Date | null = null;
}
