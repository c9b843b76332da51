import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { JobStatus } from './job-status.js';
import { Job } from './job.entity.js';

/** One step of a job that was told of: a change of its state, or progress that its run reported. */
@Table({
  name: 'JobEvent',
  type: 21,
  table: 'job_events',
  description: 'One step of a job: a change of its state, or progress that its run reported; seen by whoever sees the job',
  many: 'jobEvents',
  streams: [{ by: 'job', column: 'seq' }, { column: 'position' }],
})
export class JobEvent extends BaseEntity {
  @ToOne(() => Job, { description: 'Job', onDelete: 'cascade', filter: true, inverse: { name: 'events', description: 'Steps of the job' } })
  job!: Ref<Job>;

  @Column({ kind: 'long', description: 'Place among the events of its job, from 1 without a gap' })
  seq!: number;

  @Column({ kind: 'long', description: 'Place in the order of everything', nullable: true, hidden: true })
  position: number | null = null;

  @Column({ kind: 'int', description: 'Run that it belongs to; 0 before the first' })
  attempt!: number;

  @Column({ kind: JobStatus, description: 'State of the job', filter: true })
  status!: JobStatus;

  @Column({ kind: 'string', description: "The operation's own word for what it is doing", nullable: true })
  phase: string | null = null;

  @Column({ kind: 'string', description: 'What happened, for people', nullable: true })
  message: string | null = null;

  @Column({ kind: 'float', description: 'How far the job is, 0 to 100; null when that was not told', nullable: true })
  progress: number | null = null;

  @Column({ kind: 'json', description: 'Details that the operation gave', nullable: true })
  payload: unknown = null;

  @Column({ kind: 'time', description: 'Time of the event, by the clock of the database' })
  createdAt!: Date;
}
