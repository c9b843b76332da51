import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { ServerProcess } from '#domains/observability/server-process.entity.js';

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

  @Column({ kind: 'int', description: 'How many jobs it runs at most at a time; 0 for one of before this was kept', default: '0' })
  concurrency: number = 0;

  @ToOne(() => ServerProcess, {
    description: 'Process that it is part of',
    nullable: true,
    inverse: { name: 'workers', description: 'Workers of the process; more than one when it had to begin anew' },
  })
  process: Ref<ServerProcess> | null = null;

  @Column({ kind: 'time', description: 'When it started', order: true })
  startedAt: Date = new Date();

  @Column({ kind: 'time', description: 'When it stopped or was found dead; null while it lives', nullable: true, filter: true })
  stoppedAt: Date | null = null;
}
