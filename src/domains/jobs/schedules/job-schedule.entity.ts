import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Job } from '../job.entity.js';

/** When an operation is run by itself, and with which parameters. */
@Table({
  name: 'JobSchedule',
  type: 27,
  table: 'job_schedules',
  description: 'When an operation is run by itself, and with which parameters; seen by holders of job:read and of schedule:manage',
  one: 'jobSchedule',
  many: 'jobSchedules',
  keys: ['name'],
})
export class JobSchedule extends MutableEntity {
  @Column({ kind: 'string', description: 'Name of the schedule', filter: true, order: true, unique: true })
  name!: string;

  @Column({ kind: 'string', description: 'What it runs: <toolkit slug>.<operation>', filter: true })
  operation!: string;

  @Column({
    kind: 'string',
    description: 'Cron expression: minute, hour, day, month and day of the week, with seconds before them when it has six fields',
  })
  cron!: string;

  @Column({ kind: 'string', description: 'IANA time zone in which the expression is read' })
  timezone!: string;

  @Column({ kind: 'json', description: 'Parameters of its jobs; never holds a secret' })
  parameters!: object;

  @Column({ kind: 'int', description: 'Priority of its jobs' })
  priority!: number;

  @Column({ kind: 'boolean', description: 'Whether it runs anything', filter: true })
  isEnabled!: boolean;

  @Column({ kind: 'time', description: 'When it is due next; null while it is not enabled', nullable: true, filter: true, order: true })
  nextRunAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it was due last and its job was put on a queue; null before', nullable: true, order: true })
  lastRunAt: Date | null = null;

  @ToOne(() => Job, { description: 'Its newest job', nullable: true })
  lastJob: Ref<Job> | null = null;

  @Column({ kind: 'string', description: 'Why it could not start a job when it was due last; null when it could', nullable: true })
  lastError: string | null = null;

  @ToOne(() => User, { description: 'Who made it; null when Signalbox did', nullable: true })
  createdBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who made it, at that time' })
  createdByName!: string;

  @ToOne(() => User, {
    description: 'With whose rights its jobs start: who made it or changed it last. Null when that user is gone; then it starts none',
    nullable: true,
  })
  runsAs: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of that user, at that time' })
  runsAsName!: string;
}
