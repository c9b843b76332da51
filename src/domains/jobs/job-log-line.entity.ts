import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { LogLevel } from '#core/feed/log-level.js';
import { Job } from './job.entity.js';

/** Where a log line comes from. */
export const LogStream = declareEnum('LogStream', 'Where a log line comes from', {
  STDOUT: 'Standard output of the run',
  STDERR: 'Standard error of the run',
  STRUCTURED: "The operation's log call, with a level and fields",
});
export type LogStream = ValueOf<typeof LogStream>;

/** One line that a run printed or logged. */
@Table({
  name: 'JobLogLine',
  type: 22,
  table: 'job_log_lines',
  description: 'One line that a run printed or logged; seen by whoever sees the job',
  streams: [{ by: 'job', column: 'seq' }],
})
export class JobLogLine extends BaseEntity {
  @ToOne(() => Job, {
    description: 'Job',
    onDelete: 'cascade',
    inverse: { name: 'logs', description: 'Lines that the runs of the job printed' },
  })
  job!: Ref<Job>;

  @Column({ kind: 'long', description: 'Place among the lines of its job, from 1 without a gap' })
  seq!: number;

  @Column({ kind: 'int', description: 'Run that printed it; a job that runs again prints its lines again' })
  attempt!: number;

  @Column({ kind: LogStream, description: 'Where it comes from' })
  stream!: LogStream;

  @Column({ kind: LogLevel, description: 'How much it matters: INFO for standard output, WARN for standard error' })
  level!: LogLevel;

  @Column({ kind: 'string', description: 'The line, without its end; cut after 16,384 characters' })
  text!: string;

  @Column({ kind: 'json', description: 'Fields that the operation gave', nullable: true })
  fields: unknown = null;

  @Column({ kind: 'time', description: 'When the worker got it' })
  createdAt!: Date;
}
